package worker_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	enumspb "go.temporal.io/api/enums/v1"

	"longhaul/internal/store/storetest"
	"longhaul/internal/token"
	"longhaul/models"
	"longhaul/workflows"
)

func testKeys(t *testing.T) *token.Keys {
	t.Helper()
	return storetest.Must[*token.Keys](t)(token.NewKeys([]byte("0123456789abcdef0123456789abcdef"), nil))
}

// receiver is a server that checks what webhooks get as any receiver would, with
// the library of Standard Webhooks.
type receiver struct {
	*httptest.Server
	secret string
	got    chan string // the webhook-id of each request
}

// newReceiver returns a receiver that answers as told, and 200 after that.
func newReceiver(t *testing.T, answers ...int) *receiver {
	t.Helper()
	r := &receiver{secret: storetest.Must[string](t)(token.NewWebhookSecret()), got: make(chan string, 100)}
	key := storetest.Must[*standardwebhooks.Webhook](t)(standardwebhooks.NewWebhook(r.secret))
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err == nil {
			err = key.Verify(body, req.Header)
		}
		if err != nil {
			t.Errorf("the event is not signed as it should be: %v", err)
		}
		n := len(r.got)
		r.got <- req.Header.Get("Webhook-Id")
		if n < len(answers) {
			w.WriteHeader(answers[n])
		}
	}))
	t.Cleanup(r.Close)
	return r
}

// event has a job of the user fail and returns its delivery to the receiver.
func (s *system) event(r *receiver) (hook, delivery uuid.UUID) {
	s.t.Helper()
	ctx := s.t.Context()
	sealed := storetest.Must[string](s.t)(testKeys(s.t).SealWebhook(s.user.ID, models.WebhookTarget{URL: r.URL + "/canary-path", Secret: r.secret}))
	h := storetest.Must[models.Webhook](s.t)(s.store.Notifications.CreateWebhook(ctx, models.Webhook{
		ID: uuid.New(), UserID: s.user.ID, Name: "canary-name", Sealed: sealed, Events: models.JobNotables(),
	}))
	job := storetest.Submit(s.t, s.store, s.user.ID, nil)
	job.State = models.StateFailed
	storetest.OK(s.t, s.store.Notifications.TellOfJob(ctx, job))
	list, _, err := s.store.Notifications.Deliveries(ctx, s.user.ID, h.ID, "", 1)
	storetest.OK(s.t, err)
	return h.ID, list[0].ID
}

// deliveryEnds waits until the delivery and its workflow have ended.
func (s *system) deliveryEnds(hook, id uuid.UUID, state models.DeliveryState, status enumspb.WorkflowExecutionStatus) (models.WebhookDelivery, []models.WebhookAttempt) {
	s.t.Helper()
	var d models.WebhookDelivery
	var tries []models.WebhookAttempt
	s.eventually(func() string {
		var err error
		if d, tries, err = s.store.Notifications.Delivery(s.t.Context(), s.user.ID, hook, id); err != nil {
			return err.Error()
		}
		w, err := s.temporal.DescribeWorkflow(s.t.Context(), workflows.DeliveryWorkflowID(id.String()), "")
		if err != nil {
			return err.Error()
		}
		if d.State != state || w.Status != status {
			return "the delivery is " + string(d.State) + ", its workflow " + w.Status.String()
		}
		return ""
	})
	return d, tries
}

// A webhook that is down for a moment gets the event, signed, and nothing of its
// address is in the history.
func TestEventReachesAWebhookThatWasDown(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, http.StatusServiceUnavailable)
	s := newSystem(t, options{})
	hook, id := s.event(r)
	d, tries := s.deliveryEnds(hook, id, models.DeliveryDelivered, completed)
	if len(tries) != 2 || tries[0].Status != 503 || tries[1].Status != 200 || tries[1].Error != "" {
		t.Errorf("its attempts are %+v", tries)
	}
	for range 2 {
		if got := <-r.got; got != "msg_"+d.MessageID.String() {
			t.Errorf("the message was %s", got)
		}
	}
	h := s.keepFlow(workflows.DeliverEvent, workflows.DeliveryWorkflowID(id.String()), filepath.Join("webhook", "retried.json"))
	if n := strings.Count(h, `"eventId"`); n > 12 {
		t.Errorf("a delivery costs %d events", n)
	}
	for _, private := range []string{"canary", "127.0.0.1", r.secret, s.user.Email} {
		if strings.Contains(h, private) {
			t.Errorf("the history contains %q", private)
		}
	}
}

// An operator who cancels the workflow ends the delivery, and the log says so.
func TestOperatorEndsADelivery(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, 500, 500, 500)
	s := newSystem(t, options{})
	hook, id := s.event(r)
	<-r.got
	storetest.OK(t, s.temporal.CancelWorkflow(t.Context(), workflows.DeliveryWorkflowID(id.String()), ""))
	d, _ := s.deliveryEnds(hook, id, models.DeliveryFailed, enumspb.WORKFLOW_EXECUTION_STATUS_CANCELED)
	if d.Error != "An operator ended the delivery." {
		t.Errorf("the log says %q", d.Error)
	}
	s.keepFlow(workflows.DeliverEvent, workflows.DeliveryWorkflowID(id.String()), filepath.Join("webhook", "cancelled.json"))
}
