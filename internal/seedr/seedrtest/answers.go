package seedrtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// object is a JSON object.
type object map[string]any

// num is a number in the form that the switches ask for.
func (s *Sim) num(n int64) any {
	if s.sw.StringNumbers {
		return fmt.Sprint(n)
	}
	return n
}

// good is a success of the generation.
func (s *Sim) good(o object) reply {
	if s.sw.Generation == Legacy {
		o["result"], o["code"] = true, 200
	} else {
		o["success"] = true
	}
	return reply{status: http.StatusOK, body: o}
}

// refuse is a refusal of the generation: older ones are all HTTP 200.
func (s *Sim) refuse(status int, word string) reply {
	if s.sw.Generation == Legacy && status != http.StatusTooManyRequests {
		return reply{status: http.StatusOK, body: object{"result": word, "code": status, "error": word}}
	}
	return reply{status: status, body: object{"status_code": status, "reason_phrase": word}}
}

// missing says that there is no such thing.
func (s *Sim) missing() reply {
	if s.sw.Generation == Legacy {
		return reply{status: http.StatusOK, body: object{"result": false, "error": "not found here"}}
	}
	return reply{status: http.StatusNotFound, body: object{"status_code": 404, "reason_phrase": "not_found"}}
}

func (s *Sim) write(w http.ResponseWriter, out reply) {
	if out.location != "" {
		w.Header().Set("Location", out.location)
		w.WriteHeader(out.status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(out.status)
	_ = json.NewEncoder(w).Encode(out.body)
}

func (s *Sim) time(t time.Time) string { return t.UTC().Format(time.DateTime) }

// sorted returns the values of a map by their keys, so that answers are
// stable.
func sorted[V any](m map[int64]V) []V {
	var out []V
	for _, id := range slices.SortedFunc(maps.Keys(m), cmp.Compare[int64]) {
		out = append(out, m[id])
	}
	return out
}

// listing is one level of a folder. The lock is held.
func (s *Sim) listing(id int64) object {
	o := object{
		"space_max": s.num(s.sw.SpaceMax), "space_used": s.num(s.used()), "id": s.num(id), "timestamp": s.time(time.Now()),
	}
	name, parent := "", int64(-1)
	if f := s.folders[id]; f != nil {
		name, parent = f.name, f.parent
	}
	folders, files, torrents := []object{}, []object{}, []object{}
	for _, f := range sorted(s.folders) {
		if f.parent == id {
			folders = append(folders, s.folderJSON(f))
		}
	}
	for _, f := range sorted(s.files) {
		if f.folder == id {
			files = append(files, s.fileJSON(f))
		}
	}
	for _, t := range sorted(s.transfers) {
		if t.listed && id == rootID {
			torrents = append(torrents, s.torrentJSON(t))
		}
	}
	o["folders"], o["files"], o["torrents"] = folders, files, torrents
	if s.sw.Generation == Legacy {
		o["name"], o["parent_id"] = name, parent
		return o
	}
	o["path"], o["parent"], o["space_scope"], o["size"] = name, parent, "user", s.num(s.sizeOf(id))
	o["tasks"], o["album_groups"], o["saw_walkthrough"] = []object{}, []object{}, 1
	return o
}

// sizeOf is how many bytes are in a folder and below.
func (s *Sim) sizeOf(id int64) (n int64) {
	for _, f := range s.files {
		if f.folder == id {
			n += f.content.Size
		}
	}
	for _, f := range s.folders {
		if f.parent == id {
			n += s.sizeOf(f.id)
		}
	}
	return n
}

func (s *Sim) folderJSON(f *folder) object {
	o := object{"id": s.num(f.id), "size": s.num(s.sizeOf(f.id)), "last_update": s.time(f.updated)}
	if s.sw.Generation == Legacy {
		o["name"] = f.name
	} else {
		o["path"] = f.name
	}
	return o
}

func (s *Sim) fileJSON(f *file) object {
	o := object{"id": s.num(f.id), "name": f.name, "size": s.num(f.content.Size), "hash": "", "last_update": s.time(time.Now())}
	if s.sw.Generation == Legacy {
		o["stream_audio"], o["stream_video"] = false, false
		return o
	}
	if f.folder != rootID {
		o["folder_id"] = s.num(f.folder)
	}
	o["is_video"], o["is_audio"], o["thumb"] = false, false, ""
	return o
}

// torrentJSON is a running transfer in the root's listing.
func (s *Sim) torrentJSON(t *transfer) object {
	o := object{
		"id": s.num(t.id), "name": t.name, "size": s.num(t.size), "hash": t.src.InfoHash, "download_rate": t.rate,
		"torrent_quality": 100, "connected_to": 1, "downloading_from": 1, "uploading_to": 0, "seeders": 1, "leechers": 0,
		"warnings": []string{}, "stopped": 0, "progress": s.progress(t), "last_update": s.time(t.updated),
		"progress_url": s.nodeURL + "/progress?callback=?",
	}
	if t.size == 0 {
		o["connected_to"], o["downloading_from"], o["seeders"] = 0, 0, 0
	}
	if s.sw.StringNumbers {
		o["warnings"] = "[]"
	}
	return o
}

// transferJSON is the answer to a transfer's own call.
func (s *Sim) transferJSON(t *transfer) object {
	id := any(0)
	if t.folderID != 0 && !t.listed && !s.sw.HideFolderID {
		id = s.num(t.folderID)
	}
	o := object{"id": s.num(t.id), "progress": s.progress(t), "size": s.num(t.size), "name": t.name}
	if s.sw.Generation == Legacy {
		o["folder_created"] = id
		return o
	}
	o["folder_created_id"], o["hash"], o["node_id"], o["stopped"] = id, t.src.InfoHash, "34", 0
	o["folder_id"], o["parent"], o["type"], o["unwanted"] = rootID, rootID, "torrent", ""
	o["speed"], o["last_update"], o["timestamp"] = t.rate, s.time(t.updated), s.time(t.added)
	o["space_max"], o["space_used"], o["space_scope"] = s.num(s.sw.SpaceMax), s.num(s.used()), "user"
	return o
}

func (s *Sim) progress(t *transfer) any {
	if s.sw.StringNumbers {
		return fmt.Sprint(t.progress)
	}
	return t.progress
}

func (s *Sim) wishJSON(w wish) object {
	return object{
		"id": s.num(w.id), "user_id": userID, "title": w.src.Name, "size": s.num(w.size), "torrent_hash": w.src.InfoHash,
		"torrent_magnet": w.src.Magnet, "torrent_meta": nil, "created": s.time(time.Now()), "added": 1, "is_private": 0,
	}
}

func (s *Sim) wishlist() []object {
	out := []object{}
	for _, w := range s.wishes {
		out = append(out, s.wishJSON(w))
	}
	return out
}
