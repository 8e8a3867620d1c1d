package db

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// backupFolder holds the nightly copies, within the data folder.
const backupFolder = "backups"

const (
	dailyKept   = 7
	weeklyKept  = 4
	nightBegins = 2 * time.Hour // after the farm's midnight
)

// nightOf returns the date that a night's copy bears. A night lasts until the next begins, so that a
// computer that sleeps at night makes the copy when it wakes.
func nightOf(now time.Time, zone *time.Location) string {
	return now.In(zone).Add(-nightBegins).Format(time.DateOnly)
}

func nextNight(now time.Time, zone *time.Location) time.Time {
	y, m, day := now.In(zone).Add(-nightBegins).Date()
	return time.Date(y, m, day+1, int(nightBegins/time.Hour), 0, 0, 0, zone)
}

func backupFile(dir, night string) string {
	return filepath.Join(dir, backupFolder, "furrow-"+night+".db")
}

// backupNights returns the dates of the nightly copies, newest first. Other files are none of ours.
func backupNights(dir string) []string {
	files, _ := os.ReadDir(filepath.Join(dir, backupFolder)) // no folder, no copies
	var nights []string
	for _, file := range files {
		night := strings.TrimSuffix(strings.TrimPrefix(file.Name(), "furrow-"), ".db")
		if _, err := time.Parse(time.DateOnly, night); err == nil && file.Name() == filepath.Base(backupFile(dir, night)) {
			nights = append(nights, night)
		}
	}
	slices.Sort(nights)
	slices.Reverse(nights)
	return nights
}

// expiredBackups returns which of the nights, newest first, need no copy any more: all but the last seven and,
// of those before, the last of each of four weeks. Nights after tonight are a wrong clock's; they neither go
// nor count.
func expiredBackups(nights []string, tonight string) (expired []string) {
	daily, weeks := 0, []string{}
	for _, night := range nights {
		if night > tonight {
			continue
		}
		if daily++; daily <= dailyKept {
			continue
		}
		date, err := time.Parse(time.DateOnly, night)
		if err != nil {
			continue
		}
		year, number := date.ISOWeek()
		week := fmt.Sprintf("%d-%d", year, number)
		if slices.Contains(weeks, week) || len(weeks) == weeklyKept {
			expired = append(expired, night)
			continue
		}
		weeks = append(weeks, week)
	}
	return expired
}
