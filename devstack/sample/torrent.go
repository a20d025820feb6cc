package sample

import (
	"bytes"
	"crypto/sha1"
	"fmt"
	"net/http"
	"time"
)

const (
	title       = "Longhaul sample"
	pieceLength = 32 << 10
)

// file is one file of the sample.
type file struct {
	name string
	data []byte
}

// newHandler serves the .torrent file, and the files below seedPath as BEP 19 has
// it for torrents of many files.
func newHandler(files []file, seed string) http.Handler {
	mux := http.NewServeMux()
	torrent := metainfo(files, seed)
	mux.HandleFunc("GET "+torrentPath, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-bittorrent")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(torrent))
	})
	for _, f := range files {
		// The braces keep spaces in the pattern apart from what separates its parts.
		mux.HandleFunc("GET "+seedPath+"{title}/"+f.name, func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, f.name, time.Time{}, bytes.NewReader(f.data))
		})
	}
	return mux
}

// metainfo is the .torrent file (BEP 3) with one web seed (BEP 19). Keys are in
// the order that bencoding asks for.
func metainfo(files []file, seed string) []byte {
	var all, list, b bytes.Buffer
	for _, f := range files {
		all.Write(f.data)
		fmt.Fprintf(&list, "d6:lengthi%de4:pathl%see", len(f.data), text(f.name))
	}
	var pieces []byte
	for all.Len() > 0 {
		sum := sha1.Sum(all.Next(pieceLength)) // BEP 3 hashes pieces so
		pieces = append(pieces, sum[:]...)
	}
	fmt.Fprintf(&b, "d7:comment%s4:info", text("Generated content, free for any use."))
	fmt.Fprintf(&b, "d5:filesl%se4:name%s12:piece lengthi%de6:pieces%d:%se", &list, text(title), pieceLength, len(pieces), pieces)
	fmt.Fprintf(&b, "8:url-list%se", text(seed))
	return b.Bytes()
}

func text(s string) string { return fmt.Sprintf("%d:%s", len(s), s) }
