package seedr

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Marks of a transfer's progress.
const (
	ProgressFetched = 100 // all bytes are fetched, but not yet in a folder
	ProgressDone    = 101 // the files are in a folder, or in the root
)

// Transfer is a download of the account.
type Transfer struct {
	ID       int64
	InfoHash string // 40 lower-case hex digits; may be empty
	Name     string // the info hash until the metadata is known; may be empty
	Size     int64  // bytes; 0 until the metadata is known
	Progress float64
	Rate     int64 // bytes per second
	Peers    int   // connected
	Seeders  int   // 0 in the answer to Transfer
	Paused   bool
	Warnings []string // free text of Seedr

	// FolderID is the folder with the files, once Progress is ProgressDone; 0
	// when there is none, which is usual for a while, and for single files.
	FolderID  int64
	UpdatedAt time.Time
}

// Done reports whether Seedr says that the files are in place. The folder may
// still be missing in the listing.
func (t Transfer) Done() bool { return t.Progress >= ProgressDone }

type wireTransfer struct {
	ID             number  `json:"id"`
	UserTorrentID  number  `json:"user_torrent_id"`
	Hash           text    `json:"hash"`
	TorrentHash    text    `json:"torrent_hash"`
	Name           text    `json:"name"`
	Title          text    `json:"title"`
	Size           number  `json:"size"`
	Progress       decimal `json:"progress"`
	Speed          decimal `json:"speed"`
	DownloadRate   decimal `json:"download_rate"`
	ConnectedTo    number  `json:"connected_to"`
	Seeders        number  `json:"seeders"`
	Stopped        flag    `json:"stopped"`
	Warnings       words   `json:"warnings"`
	FolderCreated  number  `json:"folder_created"`
	FolderCreated2 number  `json:"folder_created_id"`
	Updated        text    `json:"last_update"`
}

func (w wireTransfer) public() Transfer {
	t := Transfer{
		ID: int64(w.ID), InfoHash: strings.ToLower(first(w.Hash, w.TorrentHash)), Name: first(w.Name, w.Title), Size: int64(w.Size),
		Progress: float64(w.Progress), Rate: int64(max(w.Speed, w.DownloadRate)), Peers: int(w.ConnectedTo), Seeders: int(w.Seeders),
		Paused: bool(w.Stopped), Warnings: w.Warnings, UpdatedAt: stamp(w.Updated),
	}
	if t.ID <= 0 {
		t.ID = int64(w.UserTorrentID)
	}
	for _, id := range []number{w.FolderCreated2, w.FolderCreated} {
		// One source saw a mere flag instead of an id.
		if id > 1 {
			t.FolderID = int64(id)
			break
		}
	}
	return t
}

// Added is the answer to an add.
type Added struct {
	ID       int64
	InfoHash string // 40 lower-case hex digits; may be empty
	Name     string // may be empty until the metadata is known
}

// AddMagnet starts a transfer of a magnet link. Adding is not idempotent:
// look in Root for the info hash first, and again when the answer was lost or
// is KindDuplicate. KindSpace and KindSlots may leave a wishlist entry behind.
func (c *Client) AddMagnet(ctx context.Context, uri string) (Added, error) {
	return c.add(ctx, call{
		name: "add magnet", method: http.MethodPost, path: "transfer/magnet", form: url.Values{"magnet": {uri}}, adds: true,
	})
}

// AddTorrentFile starts a transfer of a .torrent file. AddMagnet's remarks hold.
func (c *Client) AddTorrentFile(ctx context.Context, metainfo []byte) (Added, error) {
	return c.add(ctx, call{
		name: "add torrent", method: http.MethodPost, path: "transfer/file", file: metainfo, adds: true,
	})
}

func (c *Client) add(ctx context.Context, k call) (Added, error) {
	var w wireTransfer
	if err := c.do(ctx, k, &w); err != nil {
		return Added{}, err
	}
	return Added{
		ID: int64(w.UserTorrentID), InfoHash: strings.ToLower(first(w.TorrentHash, w.Hash)), Name: first(w.Title, w.Name),
	}, nil
}

// Transfer returns one transfer. A finished one stays readable for a while and
// then has its folder; KindGone says that it is deleted, dropped, or finished
// long ago.
func (c *Client) Transfer(ctx context.Context, id int64) (Transfer, error) {
	var w wireTransfer
	at := "transfer/" + strconv.FormatInt(id, 10)
	if err := c.do(ctx, call{name: "get transfer", method: http.MethodGet, path: at}, &w); err != nil {
		return Transfer{}, err
	}
	t := w.public()
	if t.ID == 0 {
		t.ID = id
	}
	return t, nil
}

// DeleteTransfer stops a transfer. A part of its files may appear later all
// the same. KindGone says that there is none (any more).
func (c *Client) DeleteTransfer(ctx context.Context, id int64) error {
	return c.do(ctx, call{name: "delete transfer", method: http.MethodDelete, path: "transfer/" + strconv.FormatInt(id, 10)}, nil)
}

// FindTransfer returns the unfinished transfer with the info hash.
func (f Folder) FindTransfer(infoHash string) (Transfer, bool) {
	for _, t := range f.Transfers {
		if t.InfoHash != "" && strings.EqualFold(t.InfoHash, infoHash) {
			return t, true
		}
	}
	return Transfer{}, false
}
