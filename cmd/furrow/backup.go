package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"furrow/db"
)

type backupCommand struct {
	File string `arg:"" help:"File to write the copy to; it must not exist yet."`
}

// Run copies the database, through the Furrow that runs on it if one does.
func (c *backupCommand) Run(ctx context.Context, g *Globals) error {
	if err := db.Exists(g.Data); err != nil {
		return err
	}
	file, err := filepath.Abs(c.File) // the running Furrow stands in another folder
	if err != nil {
		return err
	}
	var made db.Copy
	err = withFolder(ctx, g,
		func() (err error) { made, err = db.BackupFolder(ctx, g.Data, file); return err },
		func(running desk) (err error) { made, err = running.Backup(ctx, file); return err })
	if err != nil {
		return err
	}
	for _, sentence := range made.Damaged {
		fmt.Fprintln(os.Stderr, "damaged already in the original:", sentence)
	}
	fmt.Printf("%s: verified copy of %s, %s\n", c.File, made.Summary(), db.Megabytes(made.Bytes))
	return nil
}
