package sample

import (
	"bytes"
	"crypto/sha1"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"longhaul/devstack/port"
)

func fetch(t *testing.T, url string) []byte {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, answer.Status, err)
	}
	return body
}

// TestSample checks that the .torrent file describes what its web seed serves.
func TestSample(t *testing.T) {
	free, err := port.Free()
	if err != nil {
		t.Fatal(err)
	}
	s, err := Start(t.Context(), free)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	torrent := fetch(t, URL(free))
	seed := base(free) + seedPath
	if !bytes.HasSuffix(torrent, []byte(text(seed)+"e")) {
		t.Errorf("the torrent doesn't name its web seed %s", seed)
	}
	var all []byte
	for _, name := range []string{"picture.png", "readme.txt", "sound.wav"} {
		data := fetch(t, seed+strings.ReplaceAll(title, " ", "%20")+"/"+name)
		if name == "picture.png" {
			if _, err := png.Decode(bytes.NewReader(data)); err != nil {
				t.Errorf("the picture: %v", err)
			}
		}
		all = append(all, data...)
	}
	for at := 0; at < len(all); at += pieceLength {
		sum := sha1.Sum(all[at:min(len(all), at+pieceLength)])
		if !bytes.Contains(torrent, sum[:]) {
			t.Fatalf("the torrent lacks the piece at %d", at)
		}
	}
}
