package config

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"reflect"
	"strings"

	"github.com/caarlos0/env/v11"
)

// hidden stands for a secret's value.
const hidden = "(hidden)"

// variable is one setting, as its field describes it.
type variable struct {
	field, name, value, preset, doc string
	secret                          bool
}

// variables walks over the fields of a configuration in their order.
func variables(cfg any) []variable {
	var out []variable
	v := reflect.Indirect(reflect.ValueOf(cfg))
	for field, value := range v.Fields() {
		name := field.Tag.Get("env")
		if name == "" {
			if field.Type.Kind() == reflect.Struct {
				out = append(out, variables(value.Interface())...)
			}
			continue
		}
		out = append(out, variable{
			field: field.Name, name: name, value: text(value), preset: field.Tag.Get("envDefault"), doc: field.Tag.Get("doc"),
			secret: field.Tag.Get("secret") == "true",
		})
	}
	return out
}

// text returns a value as it would stand in the environment.
func text(v reflect.Value) string {
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8 {
		parts := make([]string, 0, v.Len())
		for i := range v.Len() {
			parts = append(parts, fmt.Sprint(v.Index(i).Interface()))
		}
		return strings.Join(parts, ",")
	}
	if v.IsZero() && v.Kind() == reflect.Struct {
		return ""
	}
	return fmt.Sprint(v.Interface())
}

// withFiles returns the variables with the secrets that are given as files
// filled in. A file that is there is read without its final line break.
func withFiles(cfg any, vars map[string]string) (map[string]string, error) {
	out := make(map[string]string, len(vars))
	for name, value := range vars {
		out[name] = value
	}
	var f faults
	for _, v := range variables(cfg) {
		file := vars[v.name+"_FILE"]
		if !v.secret || file == "" {
			continue
		}
		f.when(vars[v.name] != "", v.name, "is set together with "+v.name+"_FILE; set one of them")
		b, err := os.ReadFile(file)
		if err != nil {
			f = append(f, fmt.Errorf("%s_FILE: %w", v.name, err))
			continue
		}
		out[v.name] = strings.TrimRight(string(b), "\r\n")
	}
	if len(f) > 0 {
		return out, errors.Join(f...)
	}
	return out, nil
}

// named makes the faults of reading values name variables instead of fields.
func named(cfg any, err error) error {
	all, ok := errors.AsType[env.AggregateError](err)
	if !ok {
		return err
	}
	names := make(map[string]string)
	for _, v := range variables(cfg) {
		names[v.field] = v.name
	}
	var f faults
	for _, one := range all.Errors {
		if parse, ok := errors.AsType[env.ParseError](one); ok && names[parse.Name] != "" {
			one = fmt.Errorf("%s: %w", names[parse.Name], parse.Err)
		}
		f = append(f, one)
	}
	return errors.Join(f...)
}

// Print writes the settings in force as NAME=value lines, secrets hidden.
func Print(w io.Writer, cfg any) error {
	for _, v := range variables(cfg) {
		if _, err := fmt.Fprintf(w, "%s=%s\n", v.name, v.shown()); err != nil {
			return fmt.Errorf("print configuration: %w", err)
		}
	}
	return nil
}

func (v variable) shown() string {
	switch {
	case !v.secret || v.value == "":
		return v.value
	case strings.Contains(v.value, "://"):
		if u, err := url.Parse(v.value); err == nil && u.RawQuery == "" {
			return u.Redacted()
		}
	}
	return hidden
}
