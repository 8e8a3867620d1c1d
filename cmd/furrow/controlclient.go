package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"furrow/db"
	"furrow/sensors"
	"furrow/web/auth"
)

// runningDesk asks the Furrow that runs on the data folder.
type runningDesk struct {
	access controlAccess
	client *http.Client
}

// findControl returns the way to the Furrow that runs on the folder, or an error when it does not answer.
func findControl(ctx context.Context, dir string) (desk, error) {
	text, err := os.ReadFile(filepath.Join(dir, controlFile))
	if err != nil {
		return nil, err
	}
	d := runningDesk{client: &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}} // without the environment's proxy
	if err := json.Unmarshal(text, &d.access); err != nil {
		return nil, err
	}
	return d, d.ask(ctx, "/hello", nothing{}, &nothing{})
}

func (d runningDesk) ask(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+d.access.Address+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+d.access.Secret)
	response, err := d.client.Do(request)
	if err != nil {
		return fmt.Errorf("asking the running Furrow: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		sentence, err := io.ReadAll(io.LimitReader(response.Body, 4096))
		if err != nil {
			return err
		}
		return errors.New(strings.TrimSpace(string(sentence)))
	}
	return json.NewDecoder(response.Body).Decode(out)
}

func (d runningDesk) AddPerson(ctx context.Context, p auth.Person, passwordHash string) error {
	return d.ask(ctx, "/person", personAdded{p, passwordHash}, &nothing{})
}

func (d runningDesk) AddToken(ctx context.Context, name string, scope auth.Scope, hash []byte) error {
	return d.ask(ctx, "/token", tokenAdded{name, scope, hash}, &nothing{})
}

func (d runningDesk) AddDevice(ctx context.Context, name, zone string) (c sensors.Credentials, err error) {
	err = d.ask(ctx, "/device", deviceAdded{name, zone}, &c)
	return c, err
}

func (d runningDesk) Import(ctx context.Context, readings []sensors.Posted, adopt bool) (out sensors.PostOutcome, err error) {
	err = d.ask(ctx, "/readings", readingsImported{readings, adopt}, &out)
	return out, err
}

// Backup may take minutes, so only ctx limits it.
func (d runningDesk) Backup(ctx context.Context, file string) (made db.Copy, err error) {
	patient := *d.client
	patient.Timeout = 0
	d.client = &patient
	err = d.ask(ctx, "/backup", backupAsked{file}, &made)
	return made, err
}
