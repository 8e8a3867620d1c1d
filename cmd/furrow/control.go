package main

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"furrow/db"
	"furrow/sensors"
	"furrow/web/auth"
)

// A data folder has one owner at a time. While that is a running Furrow, the small commands ask it: it listens
// on loopback, and its address and the secret of this run stand in a file that only its user can read.

// controlFile is the file's name within the data folder.
const controlFile = "furrow.control"

// maxControlBody is the most that a command may send at once, in bytes.
const maxControlBody = 32 << 20

// controlAccess is the way to a running Furrow, as it stands in the file.
type controlAccess struct {
	Address string `json:"address"`
	Secret  string `json:"secret"`
}

// What the commands send.
type (
	personAdded struct {
		Person       auth.Person
		PasswordHash string
	}
	tokenAdded struct {
		Name  string
		Scope auth.Scope
		Hash  []byte
	}
	deviceAdded      struct{ Name, Zone string }
	readingsImported struct {
		Readings []sensors.Posted
		Adopt    bool
	}
	backupAsked struct{ File string } // an absolute path
	nothing     struct{}
)

// openControl listens for commands and tells them where.
func (a *app) openControl() (*http.Server, net.Listener, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, fmt.Errorf("listening for furrow's own commands: %w", err)
	}
	secret, err := auth.NewSecret()
	if err == nil {
		err = writeControlFile(a.dir, controlAccess{listener.Addr().String(), secret})
	}
	if err != nil {
		return nil, nil, errors.Join(err, listener.Close())
	}
	a.undo.add("control file", time.Second, func(context.Context) error { return os.Remove(filepath.Join(a.dir, controlFile)) })
	return &http.Server{Handler: controlHandler(ownDesk{a.db, a.ingest}, secret), ReadHeaderTimeout: 5 * time.Second}, listener, nil
}

// writeControlFile puts the file there whole or not at all.
func writeControlFile(dir string, access controlAccess) error {
	text, err := json.Marshal(access)
	if err != nil {
		return err
	}
	draft := filepath.Join(dir, controlFile+".new")
	_ = os.Remove(draft) // one left behind may have other rights
	if err := os.WriteFile(draft, text, 0o600); err != nil {
		return err
	}
	return os.Rename(draft, filepath.Join(dir, controlFile))
}

// controlHandler answers who knows the secret.
func controlHandler(d desk, secret string) http.Handler {
	mux := http.NewServeMux()
	answer(mux, "/hello", func(context.Context, nothing) (nothing, error) { return nothing{}, nil })
	answer(mux, "/person", func(ctx context.Context, in personAdded) (nothing, error) {
		return nothing{}, d.AddPerson(ctx, in.Person, in.PasswordHash)
	})
	answer(mux, "/token", func(ctx context.Context, in tokenAdded) (nothing, error) {
		return nothing{}, d.AddToken(ctx, in.Name, in.Scope, in.Hash)
	})
	answer(mux, "/device", func(ctx context.Context, in deviceAdded) (sensors.Credentials, error) {
		return d.AddDevice(ctx, in.Name, in.Zone)
	})
	answer(mux, "/readings", func(ctx context.Context, in readingsImported) (sensors.PostOutcome, error) {
		return d.Import(ctx, in.Readings, in.Adopt)
	})
	answer(mux, "/backup", func(ctx context.Context, in backupAsked) (db.Copy, error) {
		return d.Backup(ctx, in.File)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+secret)) != 1 {
			http.Error(w, "this address is for furrow's own commands", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// answer makes an address of a function; its error becomes the body of a refusal.
func answer[In, Out any](mux *http.ServeMux, path string, do func(context.Context, In) (Out, error)) {
	mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		var in In
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxControlBody)).Decode(&in); err != nil {
			http.Error(w, "reading the command: "+err.Error(), http.StatusBadRequest)
			return
		}
		out, err := do(r.Context(), in)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
			return
		}
		_ = json.NewEncoder(w).Encode(out) // a command that is gone needs no answer
	})
}
