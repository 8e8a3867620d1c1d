package agro

import (
	"math"
	"time"
)

// WinklerRegion is a wine region by the heat of its season.
type WinklerRegion string

// WinklerRegionOf returns the region of a season's degree days above 10 °C, by the limits of Amerine and Winkler 1944
// in °C with region I divided as is usual since; "" below 850, where grapes hardly ripen, and above 2700. A sum on a
// limit belongs to the cooler region.
func WinklerRegionOf(degreeDays float64) WinklerRegion {
	switch {
	case !(degreeDays >= 850 && degreeDays <= 2700):
		return ""
	case degreeDays <= 1111:
		return "Ia"
	case degreeDays <= 1389:
		return "Ib"
	case degreeDays <= 1667:
		return "II"
	case degreeDays <= 1944:
		return "III"
	case degreeDays <= 2222:
		return "IV"
	}
	return "V"
}

// GrowingSeason returns the first and last day of the season in which a date lies, or of the next one: 1 April to 31
// October in the north, 1 October to 30 April in the south, whose season bears the year in which it ends.
func GrowingSeason(latitudeDeg float64, on time.Time) (first, last time.Time) {
	year, month := on.Year(), on.Month()
	if latitudeDeg >= 0 {
		if month > time.October {
			year++
		}
		return dateOf(year, time.April, 1), dateOf(year, time.October, 31)
	}
	if month < time.May {
		year--
	}
	return dateOf(year, time.October, 1), dateOf(year+1, time.April, 30)
}

func dateOf(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// WinklerSeason is a vineyard's season as far as there are days for it.
type WinklerSeason struct {
	First, Last   time.Time
	DegreeDays    float64
	Days, Missing int // of the season
	Region        WinklerRegion
}

// SumWinkler adds up max(0, mean-10) over the days of the season, where tminC[0] is of the date start. Days outside
// the season do not count.
func SumWinkler(latitudeDeg float64, start time.Time, tminC, tmaxC []float64) (WinklerSeason, error) {
	if err := firstError(validLatitude(latitudeDeg), validDays(tminC, tmaxC)); err != nil {
		return WinklerSeason{}, err
	}
	season := WinklerSeason{}
	season.First, season.Last = GrowingSeason(latitudeDeg, start)
	for i := range tminC {
		date := start.AddDate(0, 0, i)
		if date.Before(season.First) || date.After(season.Last) || math.IsNaN(tminC[i]) || math.IsNaN(tmaxC[i]) {
			continue
		}
		day, _ := DegreeDaysAverage(tminC[i], tmaxC[i], 10, math.Inf(1))
		season.DegreeDays += day
		season.Days++
	}
	season.Missing = int(season.Last.Sub(season.First)/(24*time.Hour)) + 1 - season.Days
	season.Region = WinklerRegionOf(season.DegreeDays)
	return season, nil
}

// HuglinDay is one day of Huglin's index, summed from April to September (October to March in the south):
// k ((Tmean-10)+(Tmax-10))/2, where k is for the length of the day, 1 below 40 degrees of latitude and 1.06 at 50.
func HuglinDay(tmeanC, tmaxC, dayLengthFactor float64) (float64, error) {
	err := firstError(validAir("tmean_c", tmeanC), validAir("tmax_c", tmaxC), within("day_length_factor", dayLengthFactor, 1, 1.1))
	return max(0, dayLengthFactor*((tmeanC-10)+(tmaxC-10))/2), err
}

func validLatitude(latitudeDeg float64) error { return within("latitude", latitudeDeg, -90, 90) }
