package notifications_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"longhaul/api/apitest"
	"longhaul/internal/store/storetest"
	"longhaul/models"
)

type made struct {
	Secret  string
	Webhook struct{ ID, Host, OffReason string }
}

func add(t *testing.T, h *apitest.Harness, who apitest.Caller, address string) made {
	t.Helper()
	b := h.Run(t, apitest.Scenario{
		As: who, Method: "POST", Path: "/api/v1/webhooks", Body: fmt.Sprintf(`{"name":"hook","url":%q,"events":["download.failed"]}`, address), Status: 201,
	})
	var m made
	storetest.OK(t, json.Unmarshal(b, &m))
	return m
}

// The secret and the whole address are shown to no one after a webhook was made,
// and the database holds neither in clear.
func TestWebhooksKeepTheirSecrets(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	m := add(t, h, user, "https://hooks.example.com:8443/in?key=canary")
	if m.Webhook.Host != "hooks.example.com:8443" || !strings.HasPrefix(m.Secret, "whsec_") {
		t.Errorf("made %+v", m)
	}
	path := "/api/v1/webhooks/" + m.Webhook.ID
	h.Run(t, apitest.Scenario{
		As: user, Path: "/api/v1/webhooks", Status: 200, Want: []string{`"host":"hooks.example.com:8443"`}, Unwant: []string{"canary", m.Secret},
	})
	if n := apitest.Value[int](h, `select count(*) from webhooks where sealed like '%canary%' or sealed like $1`, "%"+m.Secret+"%"); n != 0 {
		t.Error("the database holds the address in clear")
	}
	again := h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path + "/secret", Status: 200, Unwant: []string{m.Secret}})
	if !strings.Contains(string(again), "whsec_") {
		t.Errorf("the new secret is not shown: %s", again)
	}
	h.Run(t, apitest.Scenario{
		As: user, Method: "PATCH", Path: path, Body: `{"url":"https://other.example.com/x","enabled":false}`, Status: 200,
		Want: []string{`"host":"other.example.com"`, `"enabled":false`},
	})
	h.Run(t, apitest.Scenario{As: other, Path: "/api/v1/webhooks", Status: 200, Unwant: []string{m.Webhook.ID}})
	h.Run(t, apitest.Scenario{As: other, Method: "PATCH", Path: path, Body: `{"url":"https://evil.example.com/"}`, Status: 404})
	h.Run(t, apitest.Scenario{As: user, Method: "DELETE", Path: path, Status: 204})
	h.Run(t, apitest.Scenario{As: user, Path: path + "/deliveries", Status: 404})
}

// An address that no event may be sent to is refused, and the answer names the
// field. Where a name leads is checked when an event is sent.
func TestAddressesOfWebhooks(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user := h.Account(models.RoleUser)
	for _, address := range []string{
		"example.com/hook", "ftp://example.com/", "javascript:alert(1)", "https://", "https://user:pass@example.com/", "http://0x7f000001/",
		"http://2130706433/", "http://127.1/", "http://[fe80::1%25eth0]/", "https://example.com:port/", "https://" + strings.Repeat("x", 2000) + ".com/",
	} {
		h.Run(t, apitest.Scenario{
			As: user, Method: "POST", Path: "/api/v1/webhooks", Body: fmt.Sprintf(`{"name":"hook","url":%q,"events":[]}`, address), Status: 422, Want: []string{`url`},
		})
	}
	h.Run(t, apitest.Scenario{
		As: user, Method: "POST", Path: "/api/v1/webhooks", Body: `{"name":"hook","url":"https://example.com/","events":["test"]}`, Status: 422, Want: []string{"events"},
	})
}

// The log of deliveries shows what is sent, and a test is one of them.
func TestLogOfDeliveries(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	m := add(t, h, user, "https://hooks.example.com/in")
	path := "/api/v1/webhooks/" + m.Webhook.ID
	var d struct{ ID, State string }
	storetest.OK(t, json.Unmarshal(h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path + "/test", Status: 202}), &d))
	h.Run(t, apitest.Scenario{As: user, Path: path + "/deliveries", Status: 200, Want: []string{d.ID, `"state":"queued"`, `"event":"test"`}})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path + "/deliveries/" + d.ID + "/replay", Status: 409})
	_, _, err := h.Store.Worker().Notifications.DeliveryTried(t.Context(), uuid.MustParse(d.ID),
		models.WebhookAttempt{At: h.Store.DB.Now(), Status: 500, Error: "The server answered 500."})
	storetest.OK(t, err)
	h.Run(t, apitest.Scenario{As: user, Path: path + "/deliveries/" + d.ID, Status: 200, Want: []string{`"type":"test"`, `"status":500`, "The server answered 500."}})
	h.Run(t, apitest.Scenario{As: other, Path: path + "/deliveries/" + d.ID, Status: 404})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: path + "/deliveries/" + d.ID + "/replay", Status: 202, Want: []string{`"state":"queued"`}})
}

func TestNotificationsAreReadByTheirOwner(t *testing.T) {
	t.Parallel()
	h := apitest.New(t, apitest.Generous)
	user, other := h.Account(models.RoleUser), h.Account(models.RoleUser)
	apitest.ReadyJob(t, h, user.User, map[string][]byte{"a.txt": []byte("x")})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/notifications?unread=true", Status: 200, Want: []string{`"download.ready"`, `"unread":1`}})
	h.Run(t, apitest.Scenario{As: other, Path: "/api/v1/notifications", Status: 200, Want: []string{`"notifications":[]`}})
	h.Run(t, apitest.Scenario{As: user, Method: "POST", Path: "/api/v1/notifications/read", Body: `{}`, Status: 204})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/notifications", Status: 200, Want: []string{`"read":true`, `"unread":0`}})
	h.Run(t, apitest.Scenario{As: user, Method: "PUT", Path: "/api/v1/notifications/settings", Body: `{"mail":["download.failed","download.failed"]}`, Status: 200, Want: []string{`"mail":["download.failed"]`}})
	h.Run(t, apitest.Scenario{As: user, Path: "/api/v1/notifications/settings", Status: 200, Want: []string{`"mail":["download.failed"]`}})
	h.Run(t, apitest.Scenario{As: other, Path: "/api/v1/notifications/settings", Status: 200, Want: []string{`"mail":[]`}})
}
