package harness

import (
	"net/http"
	"testing"
)

// MemberPassword is that of every member.
const MemberPassword = "walnut ladder over the quiet harbour"

// Member registers an account with the address, as a person does who follows the
// link in the mail, and returns it signed in. Registration has to be open.
func (s *Stack) Member(tb testing.TB, email string) *Client {
	tb.Helper()
	r, err := s.Ready()
	if err != nil {
		tb.Fatal(err)
	}
	c := NewClient(r.App)
	call := func(path string, in any) {
		tb.Helper()
		if err := c.Do(tb.Context(), http.MethodPost, "/api/v1/auth/"+path, in, nil); err != nil {
			tb.Fatalf("%s: %v", path, err)
		}
	}
	in := map[string]string{"email": email, "password": MemberPassword}
	call("register", in)
	_, link := LinkIn(tb, s.Mailed(tb, email, 1))
	call("verify", map[string]string{"token": link, "password": MemberPassword})
	c.Cookie = ""
	call("login", in)
	return c
}
