// Package passkeytest is an authenticator with its browser, in software: it
// answers the ceremonies of package passkey as a phone or a security key would,
// and wrongly if a test asks for that.
package passkeytest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"slices"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
)

// Authenticator holds passkeys. Its fields may be changed between ceremonies.
type Authenticator struct {
	Origin     string // where the browser believes to be
	Unverified bool   // does not verify its user
	Synced     bool   // new passkeys are kept on several devices
	Count      uint32 // of the last use; grows with each
	Counts     bool   // reports Count; else 0, as synced passkeys do

	keys []key
	t    testing.TB
}

type key struct {
	id, handle []byte
	host       string
	private    *ecdsa.PrivateKey
	synced     bool
}

// New returns an authenticator without passkeys in a browser at the origin.
func New(t testing.TB, origin string) *Authenticator {
	return &Authenticator{Origin: origin, Counts: true, t: t}
}

// Copy returns an authenticator with the same passkeys and counter, as
// someone has who got at the keys.
func (a *Authenticator) Copy() *Authenticator {
	c := *a
	c.keys = slices.Clone(a.keys)
	return &c
}

// IDs returns the ids of the passkeys, oldest first.
func (a *Authenticator) IDs() []string {
	var out []string
	for _, k := range a.keys {
		out = append(out, encode(k.id))
	}
	return out
}

// creation and request are what is read of the options.
type creation struct {
	Challenge          string
	RP                 struct{ ID string }
	User               struct{ ID, Name string }
	ExcludeCredentials []struct{ ID string }
}

type request struct {
	Challenge        string
	RPID             string
	AllowCredentials []struct{ ID string }
}

// Create makes a passkey and returns the browser's answer. It returns nil when
// the options exclude one that it has.
func (a *Authenticator) Create(options []byte) json.RawMessage {
	a.t.Helper()
	var o creation
	a.decode(options, &o)
	for _, x := range o.ExcludeCredentials {
		if slices.Contains(a.IDs(), x.ID) {
			return nil
		}
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	handle, err := base64.RawURLEncoding.DecodeString(o.User.ID)
	if err != nil {
		a.t.Fatal(err)
	}
	k := key{id: make([]byte, 16), handle: handle, host: o.RP.ID, private: private, synced: a.Synced}
	if _, err := rand.Read(k.id); err != nil {
		a.t.Fatal(err)
	}
	a.keys = append(a.keys, k)
	data := a.data(k, 0x40)
	data = append(data, make([]byte, 16)...) // AAGUID: all zeros
	data = binary.BigEndian.AppendUint16(data, uint16(len(k.id)))
	data = append(append(data, k.id...), a.public(k)...)
	object := a.cbor(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	return a.answer(k, map[string]any{
		"clientDataJSON": encode(a.clientData("webauthn.create", o.Challenge)), "attestationObject": encode(object),
		"transports": []string{"internal", "hybrid"},
	})
}

// Use answers with the newest passkey that the options allow, and returns nil
// when there is none.
func (a *Authenticator) Use(options []byte) json.RawMessage {
	a.t.Helper()
	var o request
	a.decode(options, &o)
	for _, k := range slices.Backward(a.keys) {
		allowed := len(o.AllowCredentials) == 0
		for _, c := range o.AllowCredentials {
			allowed = allowed || c.ID == encode(k.id)
		}
		if k.host != o.RPID || !allowed {
			continue
		}
		a.Count++
		data, client := a.data(k, 0), a.clientData("webauthn.get", o.Challenge)
		sum := sha256.Sum256(client)
		digest := sha256.Sum256(slices.Concat(data, sum[:]))
		signature, err := ecdsa.SignASN1(rand.Reader, k.private, digest[:])
		if err != nil {
			a.t.Fatal(err)
		}
		return a.answer(k, map[string]any{
			"clientDataJSON": encode(client), "authenticatorData": encode(data), "signature": encode(signature), "userHandle": encode(k.handle),
		})
	}
	return nil
}

// data returns the authenticator data up to the counter.
func (a *Authenticator) data(k key, flags byte) []byte {
	flags |= 0x01 // the user is there
	if !a.Unverified {
		flags |= 0x04
	}
	if k.synced {
		flags |= 0x18 // may be backed up, and is
	}
	count := uint32(0)
	if a.Counts {
		count = a.Count
	}
	host := sha256.Sum256([]byte(k.host))
	return binary.BigEndian.AppendUint32(append(bytes.Clone(host[:]), flags), count)
}

func (a *Authenticator) clientData(kind, challenge string) []byte {
	b, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": a.Origin, "crossOrigin": false})
	if err != nil {
		a.t.Fatal(err)
	}
	return b
}

func (a *Authenticator) answer(k key, response map[string]any) json.RawMessage {
	b, err := json.Marshal(map[string]any{
		"id": encode(k.id), "rawId": encode(k.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{},
		"authenticatorAttachment": "platform",
	})
	if err != nil {
		a.t.Fatal(err)
	}
	return b
}

// public returns the public key in COSE form.
func (a *Authenticator) public(k key) []byte {
	point, err := k.private.PublicKey.Bytes() // 4, then x and y
	if err != nil {
		a.t.Fatal(err)
	}
	return a.cbor(webauthncose.EC2PublicKeyData{
		PublicKeyData: webauthncose.PublicKeyData{KeyType: int64(webauthncose.EllipticKey), Algorithm: int64(webauthncose.AlgES256)},
		Curve:         int64(webauthncose.P256), XCoord: point[1:33], YCoord: point[33:],
	})
}

func (a *Authenticator) cbor(v any) []byte {
	b, err := webauthncbor.Marshal(v)
	if err != nil {
		a.t.Fatal(err)
	}
	return b
}

func (a *Authenticator) decode(options []byte, v any) {
	a.t.Helper()
	if err := json.Unmarshal(options, v); err != nil {
		a.t.Fatalf("%v: %s", err, options)
	}
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
