package notify

import (
	"encoding/json"
	"net/url"
	"strings"

	"furrow/sensors"
)

// post is a request that carries a message.
type post struct {
	method string // "" is POST
	url    string
	header map[string]string
	body   []byte
	basic  bool // the target's user and password go along
}

// object is a JSON object as it is written down here.
type object map[string]any

// posts makes the requests of the kinds that take one HTTP request, each after its maker's documentation. They
// are written here rather than taken from a library because those make connections of their own, past the
// guard.
var posts = map[string]func(address, Message) post{
	// docs.ntfy.sh/publish, "Publish as JSON"
	"ntfy": func(a address, m Message) post {
		return jsonPost(a.url, a.authorization(), ntfyBody(a, m))
	},
	// core.telegram.org/bots/api#sendmessage; without parse_mode the text is taken literally
	"telegram": func(a address, m Message) post {
		return jsonPost("https://api.telegram.org/bot"+a.secret+"/sendMessage", nil, object{"chat_id": a.to, "text": m.Full(4000),
			"disable_notification": quietly(m), "link_preview_options": object{"is_disabled": true}})
	},
	// pushover.net/api
	"pushover": func(a address, m Message) post {
		form := url.Values{"token": {a.secret}, "user": {a.to}, "title": {clip(m.Title, 250)}, "message": {orTitle(m.Short(1000), m)},
			"priority": {[]string{"-1", "0", "1"}[level(m)]}}
		if link := first(m.Acknowledge, m.Open); link != "" {
			form.Set("url", link)
			form.Set("url_title", linkTitle(m))
		}
		return formPost("https://api.pushover.net/1/messages.json", form)
	},
	// twilio.com/docs/messaging/api/message-resource
	"sms": func(a address, m Message) post {
		p := formPost("https://api.twilio.com/2010-04-01/Accounts/"+a.user+"/Messages.json",
			url.Values{"From": {a.from}, "To": {a.to}, "Body": {m.Full(480)}})
		p.basic = true
		return p
	},
	// github.com/bbernhard/signal-cli-rest-api
	"signal": func(a address, m Message) post {
		p := jsonPost(strings.TrimSuffix(a.url, "/")+"/v2/send", nil, object{"message": m.Full(2000), "number": a.from, "recipients": []string{a.to}})
		p.basic = true
		return p
	},
	// docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
	"slack": func(a address, m Message) post {
		return jsonPost(a.url, nil, object{"text": slackEscape.Replace(m.Full(3000)), "unfurl_links": false, "link_names": false})
	},
	// discord.com/developers/docs/resources/webhook#execute-webhook; wait answers only after it was posted
	"discord": func(a address, m Message) post {
		return jsonPost(withQuery(a.url, "wait", "true"), nil,
			object{"content": markdownEscape(m, 1900), "allowed_mentions": object{"parse": []string{}}})
	},
	// learn.microsoft.com, "Create incoming webhooks with Workflows"
	"teams": func(a address, m Message) post {
		return jsonPost(a.url, nil, teamsBody(m))
	},
	// developers.google.com/workspace/chat/quickstart/webhooks
	"googlechat": func(a address, m Message) post {
		return jsonPost(a.url, nil, object{"text": strings.NewReplacer("<", "‹", ">", "›").Replace(m.Full(3000))})
	},
	// developers.mattermost.com/integrate/webhooks/incoming
	"mattermost": func(a address, m Message) post {
		p := jsonPost(a.url, nil, object{"text": markdownEscape(m, 3500)})
		p.basic = true
		return p
	},
	// docs.rocket.chat, "Integrations", incoming
	"rocketchat": func(a address, m Message) post {
		p := jsonPost(a.url, nil, object{"text": markdownEscape(m, 3500)})
		p.basic = true
		return p
	},
	// spec.matrix.org, client-server API, PUT …/send/{eventType}/{txnId}: the same txnId is the same message
	"matrix": func(a address, m Message) post {
		p := jsonPost(a.url+"/_matrix/client/v3/rooms/"+url.PathEscape(a.to)+"/send/m.room.message/furrow-"+m.Key,
			map[string]string{"Authorization": "Bearer " + a.secret}, object{"msgtype": "m.text", "body": m.Full(4000)})
		p.method = "PUT"
		return p
	},
	// gotify.net/docs/pushmsg and /docs/msgextras
	"gotify": func(a address, m Message) post {
		body := object{"title": m.Title, "message": orTitle(m.Full(3000), m), "priority": []int{2, 5, 8}[level(m)]}
		if m.Open != "" {
			body["extras"] = object{"client::notification": object{"click": object{"url": m.Open}}}
		}
		return jsonPost(a.url+"/message", map[string]string{"Authorization": "Bearer " + a.secret}, body)
	},
}

// level is how loud a message is: 0 for what is only good to know, 1, and 2 for what wakes people.
func level(m Message) int {
	switch {
	case m.Event == sensors.EventDigest, m.Event == sensors.EventAcknowledged, m.Event == sensors.EventResolved, m.Severity == sensors.Info:
		return 0
	case m.Severity == sensors.Critical:
		return 2
	}
	return 1
}

func quietly(m Message) bool { return level(m) == 0 }

func ntfyBody(a address, m Message) object {
	body := object{"topic": a.to, "title": m.Title, "message": orTitle(m.Short(3000), m), "priority": []int{3, 4, 5}[level(m)],
		"tags": []string{[]string{"white_check_mark", "warning", "rotating_light"}[level(m)]}}
	var actions []object
	if m.Acknowledge != "" {
		actions = append(actions, object{"action": "http", "label": "I've got it", "url": m.Acknowledge, "method": "POST", "clear": true})
	}
	if m.Open != "" {
		body["click"] = m.Open
		actions = append(actions, object{"action": "view", "label": "Open", "url": m.Open})
	}
	if actions != nil {
		body["actions"] = actions
	}
	return body
}

func teamsBody(m Message) object {
	block := func(text, weight string) object {
		return object{"type": "TextBlock", "text": escapeMarkdown(text), "wrap": true, "weight": weight}
	}
	blocks := []object{block(m.Title, "Bolder")}
	for _, line := range strings.Split(m.Text, "\n") {
		blocks = append(blocks, block(line, "Default"))
	}
	var actions []object
	if m.Acknowledge != "" {
		actions = append(actions, object{"type": "Action.OpenUrl", "title": "I've got it", "url": m.Acknowledge})
	}
	if m.Open != "" {
		actions = append(actions, object{"type": "Action.OpenUrl", "title": "Open", "url": m.Open})
	}
	return object{"type": "message", "attachments": []object{{"contentType": "application/vnd.microsoft.card.adaptive",
		"content": object{"type": "AdaptiveCard", "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "version": "1.4",
			"body": blocks, "actions": actions}}}}
}

var slackEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// escapeMarkdown makes foreign text mean itself in Markdown, and keeps it from calling people by @.
func escapeMarkdown(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case strings.ContainsRune("\\`*_{}[]()<>#~|!", r):
			b.WriteByte('\\')
		case r == '@':
			b.WriteString("@\u200b")
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// markdownEscape is the whole message for chats that read Markdown: the text escaped, the links as they are.
func markdownEscape(m Message, most int) string {
	m.Title, m.Text = escapeMarkdown(m.Title), escapeMarkdown(m.Text)
	return m.Full(most)
}

// authorization is the header for a token, or for a user and password.
func (a address) authorization() map[string]string {
	switch {
	case a.user != "":
		return map[string]string{"Authorization": basicAuth(a.user, a.secret)}
	case a.secret != "":
		return map[string]string{"Authorization": "Bearer " + a.secret}
	}
	return nil
}

func jsonPost(to string, header map[string]string, body any) post {
	b, err := json.Marshal(body)
	if err != nil { // only floats that are no numbers and cycles cannot be marshalled, and neither is sent
		b = []byte("{}")
	}
	return post{url: to, header: header, body: b}
}

func formPost(to string, form url.Values) post {
	return post{url: to, header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, body: []byte(form.Encode())}
}
