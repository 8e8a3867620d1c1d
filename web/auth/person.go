package auth

import (
	"maps"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Person is somebody who may sign in.
type Person struct {
	ID        int64
	Email     string // unique without regard to case
	Name      string
	Role      Role
	CreatedAt time.Time
}

// Session is a person signed in in one browser.
type Session struct {
	Person    Person
	Hash      []byte // SecretHash of the cookie's value
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
	Agent     string // the browser's own words about itself, cut
	Address   string
}

// Token lets a program in. Its secret is shown once, when it is made.
type Token struct {
	ID        int64
	Name      string
	Scope     Scope
	CreatedAt time.Time
	UsedAt    time.Time // zero: never
}

// Invalid maps the name of a field to a sentence that tells its author what to do about it.
type Invalid map[string]string

// Error joins the sentences in the order of their fields.
func (v Invalid) Error() string {
	var sentences []string
	for _, field := range slices.Sorted(maps.Keys(v)) {
		sentences = append(sentences, v[field])
	}
	return strings.Join(sentences, " ")
}

// Validate returns an Invalid for what must be corrected.
func (p Person) Validate() error {
	bad := Invalid{}
	if address, err := mail.ParseAddress(p.Email); err != nil || address.Address != p.Email || len(p.Email) > 254 {
		bad["email"] = "Give an e-mail address like name@example.com."
	}
	if name := strings.TrimSpace(p.Name); name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > 80 ||
		strings.ContainsFunc(name, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
		bad["name"] = "Give a name of at most 80 characters."
	}
	if !p.Role.Known() {
		bad["role"] = "Choose owner, manager, worker or viewer."
	}
	if len(bad) > 0 {
		return bad
	}
	return nil
}

// MinPassword is the shortest password, in characters. Length is what helps; no mix of signs is asked for.
const MinPassword = 10

// CheckNewPassword returns an Invalid for a password that is too easy to guess or too long to hash.
func CheckNewPassword(password string) error {
	switch {
	case utf8.RuneCountInString(password) < MinPassword:
		return Invalid{"password": "Use at least 10 characters; a few words are easy to remember."}
	case len(password) > 1024:
		return Invalid{"password": "Use at most 1,024 characters."}
	case strings.Count(password, password[:1]) == len(password), strings.HasPrefix("12345678901234567890", password),
		strings.EqualFold(password, "passwordpassword"), strings.EqualFold(password, "password123"), strings.EqualFold(password, "qwertyuiop"):
		return Invalid{"password": "This one is among the first that others would try; choose another."}
	}
	return nil
}
