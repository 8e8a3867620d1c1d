package ingest

import (
	"context"
	"slices"
	"strings"

	"furrow/sensors"
	"furrow/sensors/live"
)

// SaveRecipient stores who is to be told, a new one when its id is zero. Its channels' targets were judged
// before. An error may be a sensors.Invalid.
func (in *Ingest) SaveRecipient(ctx context.Context, r sensors.Recipient) (saved sensors.Recipient, err error) {
	r.Name = strings.TrimSpace(r.Name)
	if err := r.Validate(); err != nil {
		return r, err
	}
	err = in.do(ctx, func() error {
		at := slices.IndexFunc(in.watch.recipients, func(old sensors.Recipient) bool { return old.ID == r.ID })
		switch {
		case r.ID == 0:
			r.CreatedAt = in.Now()
		case at < 0:
			return sensors.ErrNotFound
		default:
			r.CreatedAt = in.watch.recipients[at].CreatedAt
		}
		if saved, err = in.Edits.SaveRecipient(ctx, r); err != nil {
			return err
		}
		list := slices.Clone(in.watch.recipients)
		if r.ID == 0 {
			list = append(list, saved)
		} else {
			list[at] = saved
		}
		in.showRecipients(list)
		return nil
	})
	return saved, err
}

// DeleteRecipient removes who was told, with what they are owed. A rule that named only them then reaches all.
func (in *Ingest) DeleteRecipient(ctx context.Context, id sensors.RecipientID) error {
	return in.do(ctx, func() error {
		if err := in.Edits.DeleteRecipient(ctx, id); err != nil {
			return err
		}
		isIt := func(other sensors.RecipientID) bool { return other == id }
		list := slices.Clone(in.watch.rules)
		for i := range list {
			list[i].Recipients = slices.DeleteFunc(slices.Clone(list[i].Recipients), isIt)
		}
		in.showRules(list, nil)
		in.showRecipients(slices.DeleteFunc(slices.Clone(in.watch.recipients), func(r sensors.Recipient) bool { return r.ID == id }))
		return nil
	})
}

func (in *Ingest) showRecipients(list []sensors.Recipient) {
	in.watch.recipients = list
	in.Board.Apply(live.Change{Recipients: list, RecipientsChanged: true})
	if in.Owed != nil {
		in.Owed() // what waited for a channel may be sent now
	}
}
