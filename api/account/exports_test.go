package account_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/models"
)

// An owner asks for their data once at a time, and fetches it while it is there;
// another account never does.
func TestExportsOfAnAccount(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	owner, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	var made struct{ ID uuid.UUID }
	apitest.Decode(t, h.Run(t, apitest.Scenario{As: owner, Method: "POST", Path: "/api/v1/me/exports", Status: 202, Want: []string{`"ready":false`}}), &made)
	h.Run(t, apitest.Scenario{As: owner, Method: "POST", Path: "/api/v1/me/exports", Status: 409, Want: []string{"collected already"}})
	zip := "/api/v1/me/exports/" + made.ID.String() + "/zip"
	h.Run(t, apitest.Scenario{As: owner, Path: zip, Status: 404})
	e := models.Export{ID: made.ID}
	h.Storage.Put(e.Key(), []byte("a zip"))
	if err := h.Store.Worker().Exports.ExportMade(t.Context(), made.ID, 5, h.Storage.ETag(e.Key())); err != nil {
		t.Fatal(err)
	}
	h.Run(t, apitest.Scenario{As: owner, Path: "/api/v1/me/exports", Status: 200, Want: []string{`"ready":true`, `"size":5`}})
	h.Run(t, apitest.Scenario{As: other, Path: "/api/v1/me/exports", Status: 200, Want: []string{`"exports":[]`}})
	h.Run(t, apitest.Scenario{As: other, Path: zip, Status: 404})
	h.Run(t, apitest.Scenario{As: h.Token(owner.User, models.Scopes()...), Path: zip, Status: 403})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.AppURL+zip, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp := h.Do(owner, req)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || string(body) != "a zip" || resp.Header.Get("Content-Disposition") == "" || resp.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("%q with %v, %v", body, resp.Header, err)
	}
	h.Exec("update account_exports set expires_at = $1", time.Now().Add(-time.Minute))
	h.Run(t, apitest.Scenario{As: owner, Path: zip, Status: 404})
	if n := h.Mails(owner.User.Email, models.MailExportReady); n != 1 {
		t.Errorf("%d mails", n)
	}
}
