package seedrtest

import (
	"encoding/base32"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"

	"github.com/anacrolix/torrent/bencode"
	"github.com/anacrolix/torrent/metainfo"
)

func (s *Sim) getUser(request) reply {
	premium := any(1)
	if s.sw.Generation == Modern {
		premium = true
	}
	return s.good(object{
		"account": object{
			"user_id": s.num(userID), "username": "simulated", "email": s.email, "premium": premium, "package_id": 3,
			"package_name": s.sw.Plan, "space_max": s.num(s.sw.SpaceMax), "space_used": s.num(s.used()), "bandwidth_used": 0,
			"torrents_storage_limit": 0, "cancelled": 0, "next_payment_due": nil, "wishlist": s.wishlist(),
			"billing_plan": object{"id": 0, "period": "", "description": ""},
		},
		"country": "XX",
	})
}

func (s *Sim) getRoot(request) reply { return s.good(s.listing(rootID)) }

func (s *Sim) getFolder(r request) reply {
	if s.folders[r.id] == nil && r.id != rootID {
		return s.missing()
	}
	return s.good(s.listing(r.id))
}

func (s *Sim) deleteFolder(r request) reply {
	if s.folders[r.id] == nil {
		return s.missing()
	}
	s.removeFolder(r.id)
	return s.good(object{})
}

func (s *Sim) getFile(r request) reply {
	f := s.files[r.id]
	if f == nil {
		return s.missing()
	}
	return reply{status: http.StatusFound, location: s.mint(f)}
}

func (s *Sim) deleteFile(r request) reply {
	if s.files[r.id] == nil {
		return s.missing()
	}
	s.removeFile(r.id)
	return s.good(object{})
}

func (s *Sim) getTransfer(r request) reply {
	t := s.transfers[r.id]
	if t == nil || t.forgotten {
		return s.missing()
	}
	return s.good(s.transferJSON(t))
}

func (s *Sim) deleteTransfer(r request) reply {
	t := s.transfers[r.id]
	if t == nil || t.forgotten {
		return s.missing()
	}
	s.removeTransfer(t)
	return s.good(object{})
}

func (s *Sim) addMagnet(r request) reply {
	src, ok := readMagnet(r.form["magnet"])
	if !ok {
		return s.refuse(http.StatusUnprocessableEntity, "parsing_error")
	}
	return s.add(src, 0)
}

func (s *Sim) addFile(r request) reply {
	mi, err := metainfo.Load(strings.NewReader(string(r.file)))
	if err != nil {
		return s.refuse(http.StatusUnprocessableEntity, "parsing_error")
	}
	info, err := mi.UnmarshalInfo()
	if err != nil {
		return s.refuse(http.StatusUnprocessableEntity, "parsing_error")
	}
	src := Source{InfoHash: mi.HashInfoBytes().HexString(), Name: info.BestName(), Metainfo: r.file}
	return s.add(src, info.TotalLength())
}

// add begins a transfer, or says why not. The size is 0 when it is unknown.
func (s *Sim) add(src Source, size int64) reply {
	for _, t := range s.transfers {
		if t.listed && t.src.InfoHash == src.InfoHash {
			if s.sw.Conflict {
				return s.refuse(http.StatusConflict, "torrent_already_exists")
			}
			return s.good(object{}) // a success without an id
		}
	}
	switch {
	case s.running() >= s.sw.Slots:
		return s.wish("queue_full", src, size)
	case s.used()+s.reserved()+size > s.sw.SpaceMax, size == 0 && s.used()+s.reserved() >= s.sw.SpaceMax:
		return s.wish("not_enough_space", src, size)
	}
	t := s.start(src, size)
	return s.good(object{"user_torrent_id": s.num(t.id), "title": t.name, "torrent_hash": src.InfoHash})
}

// wish parks a source in the wishlist, if there is room.
func (s *Sim) wish(why string, src Source, size int64) reply {
	if len(s.wishes) >= s.sw.WishlistMax {
		return s.refuse(http.StatusRequestEntityTooLarge, why+"_wishlist_full")
	}
	w := wish{id: s.nextID("wish"), src: src, size: size}
	s.wishes = append(s.wishes, w)
	if s.sw.WishAs200 {
		out := s.good(object{})
		out.body["wt"] = s.wishJSON(w)
		return out
	}
	out := s.refuse(http.StatusRequestEntityTooLarge, why+"_added_to_wishlist")
	out.body["wt"] = s.wishJSON(w)
	return out
}

// readMagnet reads the info hash and the name of a magnet link.
func readMagnet(link string) (Source, bool) {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "magnet" {
		return Source{}, false
	}
	q := u.Query()
	for _, xt := range q["xt"] {
		h, found := strings.CutPrefix(xt, "urn:btih:")
		if !found {
			continue
		}
		raw, err := hex.DecodeString(h)
		if len(h) == 32 {
			raw, err = base32.StdEncoding.DecodeString(strings.ToUpper(h))
		}
		if err == nil && len(raw) == 20 {
			return Source{InfoHash: hex.EncodeToString(raw), Name: q.Get("dn"), Magnet: link}, true
		}
	}
	return Source{}, false
}

// InfoHash returns the hash of a .torrent file's info dictionary; for tests.
func InfoHash(metainfoFile []byte) (string, error) {
	var mi metainfo.MetaInfo
	if err := bencode.Unmarshal(metainfoFile, &mi); err != nil {
		return "", err
	}
	return mi.HashInfoBytes().HexString(), nil
}
