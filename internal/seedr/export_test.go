package seedr

import "net/http"

// DecodeAll decodes an answer as each kind of call does.
func DecodeAll(status int, body []byte) []error {
	var errs []error
	for _, adds := range []bool{true, false} {
		for _, out := range []any{&wireTransfer{}, &wireFolder{}, &wireUser{}, nil} {
			if e := decode(answer{status: status, header: http.Header{}, body: body}, call{adds: adds}, out); e != nil {
				errs = append(errs, e)
			}
			switch w := out.(type) {
			case *wireTransfer:
				w.public()
			case *wireFolder:
				w.public()
			}
		}
	}
	return errs
}

// Trusts reports whether a file's bytes are taken from the address.
func (c *Client) Trusts(location string) bool {
	_, err := c.place(location)
	return err == nil
}
