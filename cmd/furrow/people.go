package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"furrow/sensors"
	"furrow/web/auth"
)

// The commands of this file work beside a running `furrow serve` and take effect in it at once.

type userAddCommand struct {
	Email         string `arg:"" help:"E-mail address to sign in with."`
	Name          string `required:"" help:"Name that others see." placeholder:"NAME"`
	Role          string `required:"" enum:"owner,manager,worker,viewer" help:"owner, manager, worker or viewer." placeholder:"ROLE"`
	PasswordStdin bool   `required:"" help:"Read the password from the first line of standard input."`
}

// Run adds the person.
func (c *userAddCommand) Run(ctx context.Context, g *Globals) error {
	password, err := firstLine(os.Stdin)
	if err != nil {
		return fmt.Errorf("reading the password from standard input: %w", err)
	}
	person := auth.Person{Email: c.Email, Name: c.Name, Role: auth.Role(c.Role), CreatedAt: time.Now()}
	if err := errors.Join(person.Validate(), auth.CheckNewPassword(password)); err != nil {
		return err
	}
	hash, err := auth.HashPassword(password)
	if err != nil {
		return err
	}
	return withDesk(ctx, g, func(ctx context.Context, d desk) error { return d.AddPerson(ctx, person, hash) })
}

type tokenCreateCommand struct {
	Name  string `arg:"" help:"What the token is for."`
	Scope string `required:"" enum:"read,control,admin" help:"read, control (also commands actuators) or admin (also changes the farm)." placeholder:"SCOPE"`
}

// Run prints the new token alone on standard output.
func (c *tokenCreateCommand) Run(ctx context.Context, g *Globals) error {
	bad := sensors.Invalid{}
	sensors.CheckName(bad, "name", c.Name, "Give the token a name, so that you know later what it is for.")
	if err := bad.Err(); err != nil {
		return err
	}
	secret, err := auth.NewSecret()
	if err != nil {
		return err
	}
	return withDesk(ctx, g, func(ctx context.Context, d desk) error {
		if err := d.AddToken(ctx, c.Name, auth.Scope(c.Scope), auth.SecretHash(secret)); err != nil {
			return err
		}
		_, err := fmt.Println(secret)
		return err
	})
}

type deviceAddCommand struct {
	Name string `arg:"" help:"Name of the device."`
	Zone string `help:"Zone it stands in; made when there is none of that name." placeholder:"ZONE"`
}

// Run prints the device's id and credentials as JSON.
func (c *deviceAddCommand) Run(ctx context.Context, g *Globals) error {
	return withDesk(ctx, g, func(ctx context.Context, d desk) error {
		made, err := d.AddDevice(ctx, c.Name, c.Zone)
		if err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(struct {
			ID       string `json:"id"`
			Username string `json:"username"`
			Password string `json:"password"`
		}{made.Device.String(), made.Username, made.Password})
	})
}

// firstLine returns the first line of r without its line end.
func firstLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
