package seedrtest

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
)

// accessToken is what the simulator's password grant gives.
const accessToken = "simulated-access-token"

// token is the OAuth password grant, which the wishlist needs because the REST
// API has no call for it.
func (s *Sim) token(w http.ResponseWriter, r *http.Request) {
	s.count("token")
	if err := r.ParseForm(); err != nil || r.URL.RawQuery != "" {
		s.violate("token: not a form")
		page(w, http.StatusBadRequest)
		return
	}
	f := r.PostForm
	if f.Get("grant_type") != "password" || f.Get("client_id") != "seedr_chrome" || f.Get("type") != "login" || len(f) != 5 {
		s.violate("token: wrong parameters")
	}
	if f.Get("username") != s.email || f.Get("password") != s.password {
		s.write(w, reply{status: http.StatusUnauthorized, body: object{
			"error": "invalid_grant", "error_description": "Invalid username and password combination",
		}})
		return
	}
	s.write(w, reply{status: http.StatusOK, body: object{
		"access_token": accessToken, "refresh_token": "simulated", "expires_in": 2586746, "token_type": "Bearer", "scope": nil,
	}})
}

// resource is the OAuth twin's two calls for the wishlist.
func (s *Sim) resource(w http.ResponseWriter, r *http.Request) {
	s.count("wishlist")
	if err := r.ParseForm(); err != nil || r.URL.RawQuery != "" {
		s.violate("wishlist: parameters in the address")
		page(w, http.StatusBadRequest)
		return
	}
	if r.PostForm.Get("access_token") != accessToken {
		s.write(w, reply{status: http.StatusUnauthorized, body: object{"result": false, "error": "access_denied"}})
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.PostForm.Get("func") {
	case "get_settings":
		s.write(w, reply{status: http.StatusOK, body: object{
			"result": true, "account": object{"user_id": userID, "package_name": s.sw.Plan, "wishlist": s.wishlist()},
		}})
	case "remove_wishlist":
		id, _ := strconv.ParseInt(r.PostForm.Get("id"), 10, 64)
		n := len(s.wishes)
		s.wishes = slices.DeleteFunc(s.wishes, func(w wish) bool { return w.id == id })
		if len(s.wishes) == n {
			s.write(w, reply{status: http.StatusNotFound, body: object{"reason_phrase": "not_found", "status_code": 404}})
			return
		}
		s.write(w, reply{status: http.StatusOK, body: object{"result": true, "success": true}})
	default:
		s.write(w, reply{status: http.StatusNotFound, body: object{"error": "unknown_func"}})
	}
}

// control shows the counters and switches, and changes switches: for trying
// things by hand. It needs no credentials; the simulator listens on loopback.
func (s *Sim) control(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPatch {
		b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
		if err == nil {
			err = s.setJSON(b)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	w.Header().Set("Content-Type", "application/json")
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	_ = enc.Encode(map[string]any{"switches": s.Switches(), "stats": s.Stats()})
}
