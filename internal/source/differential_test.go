package source_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"longhaul/internal/source"
)

const mutations = 10_000

// verdict is what a parser makes of a source.
type verdict struct {
	Error   string  `json:"error"`
	V1      string  `json:"v1"`
	V2      string  `json:"v2"`
	Sizes   []int64 `json:"sizes"`
	Piece   int64   `json:"piece"`
	Private bool    `json:"private"`
}

// input is a source for both parsers: a torrent ('t') or a magnet link ('m').
type input struct {
	kind byte
	data []byte
}

// differences lists how the two verdicts may differ, and why.
var differences = map[string]string{
	"torrent: libtorrent says a piece layer is invalid":                                                                            "a layer of no file is left out; peers have those of files",
	"torrent: libtorrent says invalid length of torrent":                                                                           "an empty file of v1 is ready at once",
	"torrent: libtorrent says the torrent contains v2 keys but does not specify meta version 2":                                    "it is read as v1, which it says it is",
	"torrent: we say invalid/malformed_torrent: This isn't a valid .torrent file: the piece hashes of a file do not belong to it.": "libtorrent finds out while it downloads, and fails then",
	"torrent: we say invalid/malformed_torrent: This isn't a valid .torrent file: its two lists of files differ.":                  "programs that read v1 would get other content than those that read v2",
	"torrent: we say invalid/unsafe_path: No file of this torrent has a usable name.":                                              "libtorrent calls its only file an underscore",
	"torrent: other files": "a link without a target is hidden as other links are; libtorrent takes it for a file",

	"magnet: libtorrent says unsupported URL protocol":   "a link without the question mark is accepted",
	"magnet: libtorrent says missing info-hash from URI": "letter case of the topic's name does not matter",
	"magnet: libtorrent says invalid escaped string":     "a broken escape stays as it is, as in names",
	"magnet: libtorrent says invalid info-hash":          "line breaks, spaces and fragments after the hash are not part of it",
	"magnet: we say invalid/malformed_magnet: This magnet link isn't valid: its info hash is not 40 hexadecimal or 32 base32 digits.":      "libtorrent takes other characters for zeros, which is another torrent",
	"magnet: we say invalid/malformed_magnet: This magnet link isn't valid: its v2 info hash is not a SHA-256 multihash.":                  "libtorrent takes other characters for zeros, or leaves the topic out",
	"magnet: we say invalid/malformed_magnet: This magnet link isn't valid: its file selection (so=) is not a list of numbers and ranges.": "libtorrent downloads everything then, which is not what the link asks for",
}

// TestDifferencesFromLibtorrent compares our verdicts with libtorrent's on its
// own corpus and on mutations of it. Every kind of difference has its reason in
// the table.
func TestDifferencesFromLibtorrent(t *testing.T) {
	t.Parallel()
	inputs := corpus(t)
	theirs := libtorrent(t, inputs)
	seen, examples := map[string]int{}, map[string]string{}
	for i, in := range inputs {
		how := compare(in.kind, ours(in), theirs[i])
		if how == "" {
			continue
		}
		if seen[how]++; seen[how] == 1 {
			examples[how] = fmt.Sprintf("%.300q", in.data)
		}
	}
	for how, n := range seen {
		if differences[how] == "" {
			t.Errorf("%d× %s\n  such as %s", n, how, examples[how])
		}
	}
	for how := range differences {
		if seen[how] == 0 {
			t.Errorf("no longer a difference: %s", how)
		}
	}
	t.Logf("%d inputs, %d kinds of difference", len(inputs), len(seen))
}

// compare returns in words how the verdicts differ; empty if they agree.
func compare(kind byte, ours, theirs verdict) string {
	name := map[byte]string{'t': "torrent", 'm': "magnet"}[kind]
	switch {
	case ours.Error != "" && theirs.Error != "":
		return ""
	case ours.Error != "":
		return name + ": we say " + ours.Error
	case theirs.Error != "":
		return name + ": libtorrent says " + theirs.Error
	case ours.V1 != theirs.V1 || ours.V2 != theirs.V2:
		return name + ": other info hashes"
	case kind == 'm':
		return ""
	case ours.Piece != theirs.Piece:
		return name + ": another piece length"
	case ours.Private != theirs.Private:
		return name + ": private"
	}
	// libtorrent lists the files of a v2 tree in another order in some versions.
	slices.Sort(ours.Sizes)
	slices.Sort(theirs.Sizes)
	if !slices.Equal(ours.Sizes, theirs.Sizes) {
		return name + ": other files"
	}
	return ""
}

func ours(in input) verdict {
	if in.kind == 'm' {
		src, err := source.ParseMagnet(string(in.data))
		if err != nil {
			return verdict{Error: err.Error()}
		}
		return verdict{V1: src.InfoHashV1, V2: src.InfoHashV2}
	}
	src, man, err := source.ParseTorrent(in.data)
	if err != nil {
		return verdict{Error: err.Error()}
	}
	v := verdict{V1: src.InfoHashV1, V2: src.InfoHashV2, Piece: man.PieceLength, Private: man.Private}
	for _, f := range man.Files {
		v.Sizes = append(v.Sizes, f.Size)
	}
	return v
}

// libtorrent asks one process of Debian's python3-libtorrent for its verdicts.
func libtorrent(t *testing.T, inputs []input) []verdict {
	t.Helper()
	const python = "/usr/bin/python3"
	cmd := exec.CommandContext(t.Context(), python, "testdata/verdicts.py")
	var questions, faults bytes.Buffer
	for _, i := range inputs {
		questions.Write(binary.BigEndian.AppendUint32([]byte{i.kind}, uint32(len(i.data))))
		questions.Write(i.data)
	}
	cmd.Stdin, cmd.Stderr = &questions, &faults
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("this test needs python3-libtorrent: apt-get install python3-libtorrent: %v", err)
	}
	verdicts := make([]verdict, 0, len(inputs))
	for d := json.NewDecoder(out); ; {
		var v verdict
		if err := d.Decode(&v); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		verdicts = append(verdicts, v)
	}
	if err := cmd.Wait(); err != nil || len(verdicts) != len(inputs) {
		t.Fatalf("%d verdicts of %d; this test needs python3-libtorrent: apt-get install python3-libtorrent: %v\n%s",
			len(verdicts), len(inputs), err, faults.Bytes())
	}
	return verdicts
}

// corpus is libtorrent's torrents, magnet links, and mutations of both.
func corpus(t *testing.T) (inputs []input) {
	t.Helper()
	files, err := filepath.Glob("testdata/libtorrent/*.torrent")
	if err != nil || len(files) < 90 {
		t.Fatalf("%d torrents, %v", len(files), err)
	}
	var torrents [][]byte
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		inputs = append(inputs, input{'t', b})
		if len(b) <= 8<<10 {
			torrents = append(torrents, b)
		}
	}
	v1, v2 := "xt=urn:btih:"+hash1, "xt=urn:btmh:1220"+hash2
	var magnets [][]byte
	for _, query := range []string{
		v1, v2, v1 + "&" + v2, v1 + "&dn=A+film&tr=udp%3A%2F%2Ft.test%3A80&so=0,2-4", "dn=x&" + v1, v1 + "&x.pe=1.2.3.4:5&ws=http%3A%2F%2Fw.test%2F",
		"xt.1=urn:btih:" + hash1 + "&xt.2=urn:btmh:1220" + hash2, "xt=" + url.QueryEscape("urn:btih:"+hash1), v1 + "&kt=a&mt=b&as=c",
	} {
		magnets = append(magnets, []byte("magnet:?"+query))
		inputs = append(inputs, input{'m', magnets[len(magnets)-1]})
	}
	r := rand.New(rand.NewPCG(10, 28))
	for i := range mutations {
		if i%5 == 0 {
			inputs = append(inputs, input{'m', mutated(r, magnets)})
		} else {
			inputs = append(inputs, input{'t', mutated(r, torrents)})
		}
	}
	return inputs
}

// mutated changes one of the sources in one to three places.
func mutated(r *rand.Rand, from [][]byte) []byte {
	b := slices.Clone(from[r.IntN(len(from))])
	for range 1 + r.IntN(3) {
		at := r.IntN(len(b) + 1)
		end := min(len(b), at+1+r.IntN(40))
		switch r.IntN(8) {
		case 0: // a byte
			if at < len(b) {
				b[at] = byte(r.IntN(256))
			}
		case 1: // a digit
			if i := bytes.IndexAny(b[at:], "0123456789"); i >= 0 {
				b[at+i] = byte('0' + r.IntN(10))
			}
		case 2: // less
			b = slices.Delete(b, at, end)
		case 3: // more
			b = slices.Insert(b, at, slices.Clone(b[at:end])...)
		case 4: // an element
			element := []string{"i0e", "i-1e", "i01e", "0:", "le", "de", "1:a", "e", "d", "&", "%", "="}
			b = slices.Insert(b, at, []byte(element[r.IntN(len(element))])...)
		case 5: // the end
			b = b[:at]
		case 6: // after the end
			b = append(b, "\r\n\x00junk"[:1+r.IntN(7)]...)
		case 7: // a value of the same kind
			values := [][2]string{
				{"i16384e", "i4096e"},
				{"i16384e", "i16385e"},
				{"i16384e", "i134217728e"},
				{"i0", "i00"},
				{"4:name", "4:nape"},
				{"6:length", "06:length"},
				{"4:path", "10:path.utf-8"},
				{"5:filesl", "5:filesle5:filesl"},
				{"e4:info", "e4:infode4:info"},
				{"7:privatei", "7:privatei0e7:privatei"},
				{"btih", "btmh"},
				{hash1[:8], "00000000"},
				{"xt=", "xt=x&xt="},
				{"dn=", "dn=%ff%00"},
			}
			v := values[r.IntN(len(values))]
			b = bytes.Replace(b, []byte(v[0]), []byte(v[1]), 1)
		}
		if len(b) == 0 {
			return []byte(strings.Repeat("x", 1+r.IntN(3)))
		}
	}
	return b
}
