package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"golang.org/x/time/rate"

	"furrow/sensors/simulate"
)

type simulateCommand struct {
	Broker  string        `help:"Broker to publish to: mqtt://host:1883, mqtts://host:8883, with user:password@ where it asks for one." default:"mqtt://127.0.0.1:1883" placeholder:"URL"`
	Devices int           `help:"Number of simulated devices; 0 is the standard farm." default:"0" placeholder:"N"`
	Rate    float64       `help:"Messages a second; 0 publishes as such devices would." default:"0" placeholder:"R"`
	For     time.Duration `help:"How long to publish; 0s is until interrupted." default:"0s" placeholder:"DURATION"`
}

// window is how many publishes may wait for their acknowledgement.
const window = 100

// Run publishes with QoS 1 and counts what was acknowledged.
func (c *simulateCommand) Run(ctx context.Context, g *Globals) error {
	address, err := brokerURL(c.Broker)
	if err != nil {
		return usageError{err}
	}
	if c.Devices < 0 || c.Rate < 0 || c.For < 0 {
		return usageError{errors.New("--devices, --rate and --for must not be negative")}
	}
	client, err := connect(address, g.logger(os.Stderr))
	if err != nil {
		return err
	}
	defer client.Disconnect(250)
	p := &publishing{client: client, tokens: make(chan mqtt.Token, window), counted: make(chan counts)}
	go p.count()
	err = c.publish(ctx, p)
	close(p.tokens)
	n := <-p.counted
	fmt.Printf("%d messages acknowledged, %d failed\n", n.acknowledged, n.failed)
	if err == nil && n.failed > 0 {
		err = fmt.Errorf("%d messages were not acknowledged", n.failed)
	}
	return err
}

// publish sends what the farm says until ctx ends: at the farm's own pace, or at the asked rate.
func (c *simulateCommand) publish(ctx context.Context, p *publishing) error {
	farm := simulate.New(simulate.Options{Start: time.Now(), Latitude: 52.1, Longitude: 5.2, Location: time.Local,
		Seed: uint64(time.Now().UnixNano()), Devices: c.Devices})
	var limit *rate.Limiter
	if c.Rate > 0 {
		limit = rate.NewLimiter(rate.Limit(c.Rate), max(1, int(c.Rate/20)))
	}
	at, batch := farm.Next() // computes the farm's past first; the time counts from here
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.For)
		defer cancel()
	}
	for ; ; at, batch = farm.Next() {
		if limit == nil && !sleepUntil(ctx, at) {
			return nil
		}
		for _, m := range batch {
			if limit != nil && limit.Wait(ctx) != nil {
				return nil
			}
			if err := p.send(ctx, m); err != nil {
				return nil // the time is up
			}
		}
	}
}

// sleepUntil reports whether the moment came before ctx ended.
func sleepUntil(ctx context.Context, at time.Time) bool {
	wait := time.NewTimer(time.Until(at))
	defer wait.Stop()
	select {
	case <-wait.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// publishing sends messages and counts their acknowledgements, at most window behind.
type publishing struct {
	client  mqtt.Client
	tokens  chan mqtt.Token
	counted chan counts
}

type counts struct{ acknowledged, failed int }

func (p *publishing) send(ctx context.Context, m simulate.Message) error {
	token := p.client.Publish(m.Topic, 1, m.Retain, m.Payload)
	select {
	case p.tokens <- token:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *publishing) count() {
	var n counts
	for token := range p.tokens {
		if token.WaitTimeout(30*time.Second) && token.Error() == nil {
			n.acknowledged++
		} else {
			n.failed++
		}
	}
	p.counted <- n
}

// brokerURL turns the addresses people write into those the client library knows.
func brokerURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("--broker %q is not an address; write mqtt://host:1883", text)
	}
	defaultPort := "1883"
	switch u.Scheme {
	case "mqtt", "tcp":
		u.Scheme = "tcp"
	case "mqtts", "ssl":
		u.Scheme, defaultPort = "ssl", "8883"
	default:
		return nil, fmt.Errorf("--broker %q: begin with mqtt:// or mqtts://", text)
	}
	if u.Port() == "" {
		u.Host += ":" + defaultPort
	}
	return u, nil
}

func connect(address *url.URL, log *slog.Logger) (mqtt.Client, error) {
	options := mqtt.NewClientOptions().AddBroker((&url.URL{Scheme: address.Scheme, Host: address.Host}).String()).
		SetClientID(fmt.Sprintf("furrow-simulate-%d", os.Getpid())).SetOrderMatters(false).
		SetConnectTimeout(10 * time.Second).SetMaxReconnectInterval(5 * time.Second).
		SetConnectionLostHandler(func(_ mqtt.Client, err error) { log.Warn("connection lost, trying again", "error", err) })
	if address.User != nil {
		password, _ := address.User.Password()
		options.SetUsername(address.User.Username()).SetPassword(password)
	}
	client := mqtt.NewClient(options)
	token := client.Connect()
	if !token.WaitTimeout(15 * time.Second) {
		return nil, fmt.Errorf("%s does not answer", address.Host)
	}
	if err := token.Error(); err != nil {
		return nil, fmt.Errorf("connecting to %s: %w", address.Host, err)
	}
	return client, nil
}
