package api

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"furrow/sensors"
)

// list is a page of things. Next is "" on the last page.
type list[T any] struct {
	Body struct {
		Items []T    `json:"items"`
		Next  string `json:"next" doc:"Send this as cursor to get the next page; empty on the last one."`
	}
}

// Paging is how a page is asked for.
type Paging struct {
	Cursor string `query:"cursor" doc:"The next of the page before."`
	Limit  int    `query:"limit" default:"1000" minimum:"1" maximum:"1000" doc:"How many items to answer at most."`
}

// page cuts the asked page out of all, in the order of their ids, so that a thing made meanwhile moves
// nothing.
func page[T any, ID ~int64](p Paging, all []T, id func(T) ID) (*list[T], error) {
	after, err := p.after()
	if err != nil {
		return nil, err
	}
	rest := slices.DeleteFunc(slices.Clone(all), func(item T) bool { return int64(id(item)) <= after })
	slices.SortFunc(rest, func(a, b T) int { return cmp.Compare(id(a), id(b)) })
	out := &list[T]{}
	out.Body.Items = append([]T{}, rest[:min(len(rest), p.Limit)]...)
	if len(rest) > p.Limit {
		out.Body.Next = cursorOf(id(rest[p.Limit-1]))
	}
	return out, nil
}

// cursorOf is what asks for the page behind an item.
func cursorOf[ID ~int64](last ID) string {
	return base64.RawURLEncoding.EncodeToString(strconv.AppendInt(nil, int64(last), 10))
}

var errBadCursor = huma.Error422UnprocessableEntity("cursor must be the next of the page before")

// after returns the id that the page begins behind, zero for the first page.
func (p Paging) after() (int64, error) {
	if p.Cursor == "" {
		return 0, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil {
		return 0, errBadCursor
	}
	id, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || id <= 0 {
		return 0, errBadCursor
	}
	return id, nil
}

// mapped turns a page of the domain's things into a page of the API's.
func mapped[From, To any](from *list[From], convert func(From) To) *list[To] {
	to := &list[To]{}
	to.Body.Next = from.Body.Next
	to.Body.Items = make([]To, 0, len(from.Body.Items))
	for _, item := range from.Body.Items {
		to.Body.Items = append(to.Body.Items, convert(item))
	}
	return to
}

// stamp is a moment as the API writes it; zero is null.
func stamp(at sensors.Milli) *string {
	if at == 0 {
		return nil
	}
	text := timestamp(at)
	return &text
}

func timestamp(at sensors.Milli) string { return at.Time().Format(time.RFC3339Nano) }

// idOrNull writes an id, null for none.
func idOrNull[ID interface {
	~int64
	String() string
}](id ID) *string {
	if id == 0 {
		return nil
	}
	text := id.String()
	return &text
}
