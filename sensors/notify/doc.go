// Package notify tells people and machines about alerts: it owns the ways of reaching them, the words of the
// messages, the links in them, and the outbox worker that hands each notice to a channel.
//
// What is promised: a notice that was committed is tried until a channel takes it, for two days, across
// restarts, on the recipient's next channel when one fails. It is handed over once, but for one case: the
// program or the machine dies between the channel's yes and the commit that remembers it. Then it is handed
// over again, unless other notices have joined it under the same key (Message.Key), by which those that can
// (Matrix, e-mail programs, webhooks that mind the Idempotency-Key header) know it as the same.
//
// Every connection goes through a guard that refuses this machine and its networks after the name was looked
// up, because whoever may name a target must not thereby reach what only this machine can.
//
// A Sender and a Signer are safe to use from any goroutine. A Worker and a Heartbeat belong to the goroutine
// that calls Run; their other methods may be called from anywhere. Nothing here imports the database or the web.
package notify
