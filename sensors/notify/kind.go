package notify

import (
	"slices"
	"strings"

	"furrow/sensors"
)

// Kind is one way of reaching somebody: how it is offered, and how its target is read.
type Kind struct {
	Kind    string // as it is stored in sensors.Channel
	Label   string
	Asks    string // label of the field for the target
	Help    string
	Example string
	Wrong   string // what to do about a target that cannot be read
	// Machine marks kinds that programs listen to: they get each event by itself and at once, where people get
	// one message for what happens within half a minute.
	Machine bool
	read    func(target string) (address, bool)
}

// address is a target taken apart.
type address struct {
	url    string // where to post, or the server
	to     string // mail address, chat, room, topic or number
	from   string
	secret string // token or password; goes into headers, never into logs
	user   string
}

var kinds = []Kind{
	{"email", "E-mail", "E-mail address", "Needs the mail server under Settings.", "ann@example.com",
		"Give one e-mail address, such as ann@example.com.", false, readEmail},
	{"ntfy", "ntfy", "Topic or address", "Free app for phones; the topic is like a password, so make it hard to guess. Your own server works too.",
		"https://ntfy.sh/our-farm-7f3k9q", "Give a topic, such as our-farm-7f3k9q, or the address of a topic on your own server.", false, readNtfy},
	{"telegram", "Telegram", "Bot token @ chat", "Make a bot with @BotFather, write to it once, and give its token, an @ and the chat's number.",
		"123456:AAExampleExampleExampleExampleExam@987654321", "Give the bot's token, an @ and the chat's number.", false, readTelegram},
	{"pushover", "Pushover", "App token @ user key", "Make an application on pushover.net; give its token, an @ and your user key.",
		"azGDORePK8gMaC0QOYAMyEEuzJnyUi@uQiRzpo4DXghDmr9QzzfQu27cmVRsG", "Give the application's token, an @ and the user key: 30 letters and digits each.", false, readPushover},
	{"sms", "SMS (Twilio)", "Account SID : token @ from / to", "Text messages through a Twilio account; they cost money there.",
		"AC0123456789abcdef0123456789abcdef:token@+15550100/+15550199", "Give SID:token@from/to, both numbers with + and country.", false, readTwilio},
	{"signal", "Signal", "Address / from / to", "Needs a signal-cli REST server of your own.",
		"https://signal.example.com/+15550100/+15550199", "Give the server's address, then /from/to, both numbers with + and country.", false, readSignal},
	{"webpush", "This browser", "Subscription", "Turned on by a button on the device itself; needs https.", `{"endpoint":"https://…","keys":{"p256dh":"…","auth":"…"}}`,
		"Turn messages on again in the browser that should get them.", false, readWebPush},
	{"slack", "Slack", "Webhook address", "Add an incoming webhook to the channel and paste its address.",
		"https://hooks.slack.com/services/T000/B000/XXXX", "Paste the webhook's whole address; it begins with https://.", false, readHTTPS},
	{"discord", "Discord", "Webhook address", "In the channel's settings, under Integrations, make a webhook and paste its address.",
		"https://discord.com/api/webhooks/1234/XXXX", "Paste the webhook's whole address; it begins with https://.", false, readHTTPS},
	{"teams", "Microsoft Teams", "Workflow address", "Make the workflow that posts to a channel when a webhook request comes, and paste its address.",
		"https://prod-00.westeurope.logic.azure.com/workflows/…", "Paste the workflow's whole address; it begins with https://.", false, readHTTPS},
	{"googlechat", "Google Chat", "Webhook address", "In the space's settings, under Apps & integrations, make a webhook and paste its address.",
		"https://chat.googleapis.com/v1/spaces/…", "Paste the webhook's whole address; it begins with https://.", false, readHTTPS},
	{"mattermost", "Mattermost", "Webhook address", "Make an incoming webhook and paste its address.",
		"https://chat.example.com/hooks/xxxx", "Paste the webhook's whole address.", false, readHTTP},
	{"rocketchat", "Rocket.Chat", "Webhook address", "Make an incoming integration and paste its address.",
		"https://chat.example.com/hooks/id/token", "Paste the webhook's whole address.", false, readHTTP},
	{"matrix", "Matrix", "Room", "Give the access token of an account that is in the room, the server, and the room's id.",
		"https://syt_token@matrix.example.org/!room:example.org", "Give https://TOKEN@server/!room:server.", false, readMatrix},
	{"gotify", "Gotify", "Server", "Make an application on your server and give its token.",
		"https://AppToken@gotify.example.org", "Give https://TOKEN@server.", false, readGotify},
	{"webhook", "Webhook", "Address", "Posts JSON to a program of yours, one request for each event.",
		"https://example.com/furrow", "Give an address that begins with https:// or http://.", true, readHTTP},
	{"mqtt", "MQTT (siren)", "Topic, on, off", "Publishes on Furrow's own broker: ON while something fires, OFF after; other words may follow the topic.",
		"cmnd/siren/POWER ON OFF", "Give a topic without + and #, and if needed the words for on and off.", true, readMQTT},
}

// Kinds returns the table in the order in which people are offered it.
func Kinds() []Kind { return slices.Clone(kinds) }

// KindOf returns a kind's row.
func KindOf(kind string) (Kind, bool) {
	for _, k := range kinds {
		if k.Kind == kind {
			return k, true
		}
	}
	return Kind{}, false
}

// read takes a channel's target apart, or returns an Invalid.
func read(c sensors.Channel) (address, error) {
	k, known := KindOf(c.Kind)
	if !known {
		return address{}, sensors.Invalid{"kind": "Choose one of " + kindNames() + "."}
	}
	target := strings.TrimSpace(c.Target)
	if target == "" || len(target) > maxTarget || strings.ContainsFunc(target, isControl) {
		return address{}, sensors.Invalid{"target": k.Wrong}
	}
	a, ok := k.read(target)
	if !ok {
		return address{}, sensors.Invalid{"target": k.Wrong}
	}
	return a, nil
}

// maxTarget is in bytes; browsers' subscriptions are the longest targets there are.
const maxTarget = 2000

func isControl(r rune) bool { return r < 0x20 || r == 0x7f }

func kindNames() string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Kind
	}
	return strings.Join(names, ", ")
}
