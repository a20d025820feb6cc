package token

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"longhaul/models"
)

// PurposeWebhook seals the addresses and secrets of webhooks.
const PurposeWebhook Purpose = "webhook"

// webhook is how a target is sealed. models.WebhookTarget has no JSON, on purpose.
type webhook struct {
	URL    string `json:"u"`
	Secret string `json:"s"`
}

// webhookSecret is how many random bytes a webhook's secret has. Standard Webhooks
// asks for 24 to 64.
const webhookSecret = 32

// NewWebhookSecret returns a random secret in the form of Standard Webhooks.
func NewWebhookSecret() (string, error) {
	b := make([]byte, webhookSecret)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("read random bytes: %w", err)
	}
	return "whsec_" + base64.StdEncoding.EncodeToString(b), nil
}

// SealWebhook encrypts a webhook's address and secret for the database.
func (k *Keys) SealWebhook(owner uuid.UUID, t models.WebhookTarget) (string, error) {
	b, err := json.Marshal(webhook(t))
	if err != nil {
		return "", fmt.Errorf("encode webhook: %w", err)
	}
	return k.Seal(PurposeWebhook, owner, b)
}

// OpenWebhook returns what SealWebhook encrypted. It fails as Open does.
func (k *Keys) OpenWebhook(owner uuid.UUID, sealed string) (models.WebhookTarget, error) {
	b, err := k.Open(PurposeWebhook, owner, sealed)
	if err != nil {
		return models.WebhookTarget{}, err
	}
	var t webhook
	if err := json.Unmarshal(b, &t); err != nil {
		return models.WebhookTarget{}, ErrInvalid
	}
	return models.WebhookTarget(t), nil
}
