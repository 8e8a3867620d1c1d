package ingest

import "furrow/sensors"

// redelivered reports whether the delivery was committed before and its sender did not learn of it. It notes
// the delivery, so that it will be known if it comes again.
func (in *Ingest) redelivered(d *sensors.Delivery) bool {
	if d.PacketID == 0 {
		return false
	}
	timeless := false
	for i := range d.Decoded.Observations {
		timeless = timeless || d.Decoded.Observations[i].At <= 0
	}
	if !timeless {
		return false // the readings' own times tell
	}
	key := sensors.ReceiptKey{Client: hash([]byte(d.Source.ClientID), []byte(d.Source.Username)), PacketID: d.PacketID,
		Content: hash([]byte(d.Topic), d.Payload)}
	if d.Dup {
		for _, k := range in.batch.store.Receipts {
			if k == key {
				return true
			}
		}
		if ring := in.catalog.receipts[key.Client]; ring != nil && ring.has(key) {
			return true
		}
	}
	in.batch.store.Receipts = append(in.batch.store.Receipts, key)
	return false
}

// receiptRing remembers the last publishes of a client that were committed, which is all that it may send
// again: the broker lets no more than that be under way.
type receiptRing struct {
	list []sensors.ReceiptKey
	next int
}

const ringSize = 512

// maxRings bounds the clients that are remembered.
const maxRings = 20_000

func (c *catalog) ring(client uint64) *receiptRing {
	r := c.receipts[client]
	if r == nil {
		if len(c.receipts) >= maxRings {
			for old := range c.receipts { // any one: a client that redelivers after so many others is rare
				delete(c.receipts, old)
				break
			}
		}
		r = &receiptRing{}
		c.receipts[client] = r
	}
	return r
}

func (r *receiptRing) add(key sensors.ReceiptKey) {
	if len(r.list) < ringSize {
		r.list = append(r.list, key)
		return
	}
	r.list[r.next] = key
	r.next = (r.next + 1) % ringSize
}

func (r *receiptRing) has(key sensors.ReceiptKey) bool {
	for i := range r.list {
		if r.list[i] == key {
			return true
		}
	}
	return false
}

// hash is FNV-1a, which is the same in every run, as what is stored must be.
func hash(parts ...[]byte) uint64 {
	h := uint64(14695981039346656037)
	for _, part := range parts {
		for _, c := range part {
			h = (h ^ uint64(c)) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	return h
}
