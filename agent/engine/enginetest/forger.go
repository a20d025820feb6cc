package enginetest

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"io"
	"net"
	"net/netip"
	"strconv"
	"testing"

	"github.com/anacrolix/torrent/metainfo"
)

// NewForger starts a peer that takes part in one torrent's swarm and hands out
// another's metadata (BEP 9).
func NewForger(t testing.TB, swarm, metadata Torrent) netip.AddrPort {
	t.Helper()
	mi, err := metainfo.Load(bytes.NewReader(metadata.Metainfo))
	if err != nil {
		t.Fatal(err)
	}
	hash, err := hex.DecodeString(swarm.InfoHashV1)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_ = forge(c, hash, mi.InfoBytes) // the other side hangs up
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

const handshakeLength = 68

func forge(c net.Conn, hash, info []byte) error {
	if _, err := io.ReadFull(c, make([]byte, handshakeLength)); err != nil {
		return err
	}
	hello := append([]byte("\x13BitTorrent protocol\x00\x00\x00\x00\x00\x10\x00\x00"), hash...)
	hello = append(hello, "-XX0001-forgeforgefo"...)
	hello = append(hello, extended(0, encode(dict{"m": dict{"ut_metadata": 3}, "metadata_size": len(info)}))...)
	if _, err := c.Write(hello); err != nil {
		return err
	}
	theirs := byte(0)
	for {
		var size uint32
		if err := binary.Read(c, binary.BigEndian, &size); err != nil {
			return err
		}
		msg := make([]byte, size)
		if _, err := io.ReadFull(c, msg); err != nil {
			return err
		}
		if size < 2 || msg[0] != 20 {
			continue
		}
		switch msg[1] {
		case 0:
			theirs = extensionID(msg[2:])
		case 3:
			data := append(encode(dict{"msg_type": 1, "piece": 0, "total_size": len(info)}), info...)
			if _, err := c.Write(extended(theirs, data)); err != nil {
				return err
			}
		}
	}
}

// extensionID reads the number of ut_metadata out of an extended handshake.
func extensionID(b []byte) byte {
	_, after, found := bytes.Cut(b, []byte("11:ut_metadatai"))
	if !found {
		return 0
	}
	digits, _, _ := bytes.Cut(after, []byte("e"))
	n, _ := strconv.ParseUint(string(digits), 10, 8) // 0 is what an unusable one is
	return byte(n)
}

func extended(id byte, payload []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(payload)+2))
	return append(append(b, 20, id), payload...)
}
