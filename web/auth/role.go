package auth

// Role is what a person is on the farm.
type Role string

// The roles; each may do all that the next one may.
const (
	RoleOwner   Role = "owner"
	RoleManager Role = "manager"
	RoleWorker  Role = "worker"
	RoleViewer  Role = "viewer"
)

// Permission is a kind of thing that can be allowed.
type Permission uint8

const (
	View         Permission = iota // look at everything that is measured
	Operate                        // acknowledge alerts, command what one is granted
	Configure                      // devices, zones, rules
	ManagePeople                   // people, tokens, the farm itself
)

// allowed is the one table of who may do what.
var allowed = map[Role]Permission{RoleOwner: ManagePeople, RoleManager: Configure, RoleWorker: Operate, RoleViewer: View}

// Roles returns all roles, the mightiest first.
func Roles() []Role { return []Role{RoleOwner, RoleManager, RoleWorker, RoleViewer} }

// Known reports whether the role exists.
func (r Role) Known() bool { _, ok := allowed[r]; return ok }

// Can reports whether people with this role may do it.
func (r Role) Can(p Permission) bool { most, ok := allowed[r]; return ok && p <= most }

// Explain says in a sentence what people with this role may do.
func (r Role) Explain() string {
	switch r {
	case RoleOwner:
		return "May do everything, also manage people."
	case RoleManager:
		return "May set up devices, zones and alerts."
	case RoleWorker:
		return "May acknowledge alerts and operate what is there."
	case RoleViewer:
		return "May look, and change nothing."
	}
	return ""
}

// Scope is what an API token may do.
type Scope string

// The scopes; each includes the ones before it.
const (
	ScopeRead    Scope = "read"
	ScopeControl Scope = "control"
	ScopeAdmin   Scope = "admin"
)

var scopeRank = map[Scope]int{ScopeRead: 1, ScopeControl: 2, ScopeAdmin: 3}

// Scopes returns all scopes, the least mighty first.
func Scopes() []Scope { return []Scope{ScopeRead, ScopeControl, ScopeAdmin} }

// Known reports whether the scope exists.
func (s Scope) Known() bool { return scopeRank[s] > 0 }

// Allows reports whether a token with this scope may do what needs the other.
func (s Scope) Allows(needed Scope) bool { return needed.Known() && scopeRank[s] >= scopeRank[needed] }
