package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// program is an API client of a running furrow.
type program struct {
	t     testing.TB
	at    *server
	token string
}

// program returns a client with a new token of that scope.
func (s *server) program(scope string) *program {
	s.t.Helper()
	token := succeed(s.t, "", "token", "create", "test", "--scope", scope, "--data", s.dir)
	return &program{s.t, s, strings.TrimSpace(token)}
}

// call sends a request and decodes the answer into out, unless that is nil; it returns the status.
func (p *program) call(method, path string, in, out any) int {
	p.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		p.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(context.Background(), method, "http://"+p.at.http+path, bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+p.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if out != nil {
		if err := json.Unmarshal(answer, out); err != nil {
			p.t.Fatalf("%s %s: %d, %v in %.300s", method, path, response.StatusCode, err, answer)
		}
	}
	return response.StatusCode
}

// get is call for what must be there.
func (p *program) get(path string, out any) {
	p.t.Helper()
	if status := p.call(http.MethodGet, path, nil, out); status != http.StatusOK {
		p.t.Fatalf("GET %s: got %d, want 200", path, status)
	}
}

type apiSensor struct {
	ID       string `json:"id"`
	DeviceID string `json:"device_id"`
	ZoneID   string `json:"zone_id"`
	Metric   string `json:"metric"`
	Unit     string `json:"unit"`
	Last     *struct {
		At    string  `json:"at"`
		Value float64 `json:"value"`
	} `json:"last"`
}

type apiDevice struct {
	ID     string `json:"id"`
	Key    string `json:"key"`
	Name   string `json:"name"`
	Status string `json:"status"`
	ZoneID string `json:"zone_id"`
	Online bool   `json:"online"`
}

type apiZone struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// listOf asks for all pages of a list.
func listOf[T any](p *program, path string) []T {
	p.t.Helper()
	var all []T
	for cursor := ""; ; {
		var page struct {
			Items []T    `json:"items"`
			Next  string `json:"next"`
		}
		p.get(path+"?limit=1000&cursor="+url.QueryEscape(cursor), &page)
		all = append(all, page.Items...)
		if cursor = page.Next; cursor == "" {
			return all
		}
	}
}

// values returns all that is stored of a sensor, oldest first.
func (p *program) values(sensor string) []float64 {
	p.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet,
		"http://"+p.at.http+"/api/v1/sensors/"+sensor+"/readings.csv?from=2000-01-01T00:00:00Z&to=2100-01-01T00:00:00Z", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+p.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	records, err := csv.NewReader(response.Body).ReadAll()
	if err != nil || response.StatusCode != http.StatusOK || len(records) == 0 {
		p.t.Fatalf("readings.csv of %s: %d, %v, %d lines", sensor, response.StatusCode, err, len(records))
	}
	values := make([]float64, 0, len(records)-1)
	for _, record := range records[1:] {
		value, err := strconv.ParseFloat(record[1], 64)
		if err != nil {
			p.t.Fatal(err)
		}
		values = append(values, value)
	}
	return values
}

// browser is somebody who looks at pages and sends forms.
type browser struct {
	t      testing.TB
	at     *server
	client *http.Client
	from   string // address that a proxy tells, "" without a proxy
}

func (s *server) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &browser{t: s.t, at: s, client: &http.Client{Jar: jar}}
}

// page returns the page that an address leads to.
func (b *browser) page(path string) string {
	b.t.Helper()
	return b.ask(http.MethodGet, path, nil)
}

// send sends a form of name, value, name, value, … and returns the page that it leads to.
func (b *browser) send(path string, pairs ...string) string {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.ask(http.MethodPost, path, form)
}

func (b *browser) ask(method, path string, form url.Values) string {
	b.t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), method, "http://"+b.at.http+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Accept", "text/html")
	if b.from != "" {
		request.Header.Set("X-Forwarded-For", b.from)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := b.client.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: %d, %v, %.500s", response.Request.URL, response.StatusCode, err, body)
	}
	return string(body)
}

const ownerPassword = "correct horse battery"

// setUp is the first visit: it makes the owner and the farm, and signs the owner in.
func (b *browser) setUp() string {
	b.t.Helper()
	return b.send("/setup", "name", "Ada", "email", "ada@farm.example", "password", ownerPassword,
		"farm_name", "Hillside", "farm_time_zone", "Europe/Amsterdam", "farm_units", "metric", "farm_clock", "24")
}
