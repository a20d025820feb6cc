package anacrolix

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/anacrolix/dht/v2/krpc"
	"github.com/anacrolix/torrent/bencode"
	"github.com/anacrolix/torrent/tracker"
	"github.com/anacrolix/torrent/version"
)

// announced is what a tracker answers: how long it wants to be left alone, and
// peers by address and by host name.
type announced struct {
	interval int32
	peers    []tracker.Peer
	names    []string
}

// newTrackerClient returns the client for HTTP trackers. Certificates do not
// count, as in most clients: a tracker only names peers, and none of them is
// trusted.
func newTrackerClient(network Network) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext:       network.DialContext,
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, //nolint:forbidigo // see above
		DisableKeepAlives: true,
	}}
}

// announceHTTP tells an HTTP tracker once (BEP 3, BEP 7, BEP 23). The library's
// own way passes over peers that a tracker names by host.
func (a *announcer) announceHTTP(ctx context.Context, address string, r tracker.AnnounceRequest) (announced, error) {
	u, err := url.Parse(address)
	if err != nil {
		return announced{}, errors.New("the tracker's address can't be read")
	}
	// Some private trackers want their own parameters first.
	u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+announceQuery(r), "&")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return announced{}, errors.New("the tracker's address can't be asked")
	}
	req.Header.Set("User-Agent", version.DefaultHttpUserAgent)
	resp, err := a.http.Do(req)
	if err != nil {
		return announced{}, err
	}
	defer func() { _ = resp.Body.Close() }() // the answer is there, or an error is
	b, err := io.ReadAll(io.LimitReader(resp.Body, answerAtMost+1))
	if err != nil {
		return announced{}, err
	}
	if resp.StatusCode != http.StatusOK || len(b) > answerAtMost {
		return announced{}, fmt.Errorf("the tracker answers %d with %d bytes", resp.StatusCode, len(b))
	}
	return readAnswer(b)
}

func announceQuery(r tracker.AnnounceRequest) string {
	left := r.Left
	if left < 0 {
		left = math.MaxInt64 // some refuse a negative one
	}
	q := url.Values{
		"info_hash": {string(r.InfoHash[:])}, "peer_id": {string(r.PeerId[:])}, "port": {strconv.Itoa(int(r.Port))},
		"uploaded": {strconv.FormatInt(r.Uploaded, 10)}, "downloaded": {strconv.FormatInt(r.Downloaded, 10)},
		"left": {strconv.FormatInt(left, 10)}, "key": {strconv.FormatInt(int64(r.Key), 10)},
		"compact": {"1"}, "supportcrypto": {"1"},
	}
	if r.Event != tracker.None {
		q.Set("event", r.Event.String())
	}
	return strings.ReplaceAll(q.Encode(), "+", "%20") // some read a plus as itself
}

// readAnswer reads what a tracker sent. Peers come as compact bytes or as
// dictionaries, in which an address may be a host name.
func readAnswer(b []byte) (out announced, err error) {
	var answer struct {
		Failure  string                    `bencode:"failure reason"`
		Interval int32                     `bencode:"interval"`
		Peers    any                       `bencode:"peers"`
		Peers6   krpc.CompactIPv6NodeAddrs `bencode:"peers6"`
	}
	err = bencode.Unmarshal(b, &answer)
	if _, trailing := errors.AsType[bencode.ErrUnusedTrailingBytes](err); err != nil && !trailing {
		return announced{}, errors.New("the tracker's answer can't be read")
	}
	if answer.Failure != "" {
		return announced{}, errors.New("the tracker refuses the announce")
	}
	out.interval = answer.Interval
	switch peers := answer.Peers.(type) {
	case string:
		var compact krpc.CompactIPv4NodeAddrs
		if err := compact.UnmarshalBinary([]byte(peers)); err != nil {
			return announced{}, errors.New("the tracker's peers can't be read")
		}
		out.addresses(compact)
	case []any:
		for _, p := range peers {
			if dict, ok := p.(map[string]any); ok {
				out.dict(dict)
			}
		}
	}
	out.addresses(answer.Peers6)
	return out, nil
}

func (a *announced) addresses(list []krpc.NodeAddr) {
	for _, n := range list {
		a.peers = append(a.peers, tracker.Peer{IP: n.IP, Port: n.Port})
	}
}

func (a *announced) dict(d map[string]any) {
	host, _ := d["ip"].(string)
	port, _ := d["port"].(int64)
	if host == "" || port < 1 || port > math.MaxUint16 {
		return
	}
	if ip := net.ParseIP(host); ip != nil {
		id, _ := d["peer id"].(string)
		a.peers = append(a.peers, tracker.Peer{IP: ip, Port: int(port), ID: []byte(id)})
	} else if len(a.names) < namesTaken {
		a.names = append(a.names, net.JoinHostPort(host, strconv.FormatInt(port, 10)))
	}
}
