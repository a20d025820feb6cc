package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"

	"github.com/caarlos0/env/v11"
)

// Operator is the configuration of the operator's commands that speak to the
// database alone: it asks for nothing that they do not need.
type Operator struct {
	DatabaseURL     string     `env:"DATABASE_URL"`                                // Postgres
	DatabaseURLFile string     `env:"DATABASE_URL_FILE"`                           // file with the address, instead
	BaseURL         string     `env:"BASE_URL" envDefault:"http://localhost:8080"` // origin of the web app, for links
	LogLevel        slog.Level `env:"LOG_LEVEL" envDefault:"info"`                 // debug, info, warn or error
}

// LoadOperator reads the configuration of the operator's commands from the
// environment and returns all its faults together.
func LoadOperator() (Operator, error) {
	var o Operator
	if err := env.Parse(&o); err != nil {
		return o, err
	}
	if o.DatabaseURL == "" && o.DatabaseURLFile != "" {
		b, err := os.ReadFile(o.DatabaseURLFile)
		if err != nil {
			return o, fmt.Errorf("DATABASE_URL_FILE: %w", err)
		}
		o.DatabaseURL = strings.TrimSpace(string(b))
	}
	return o, o.Validate()
}

// Validate returns every fault of the configuration.
func (o Operator) Validate() error {
	var errs []error
	if o.DatabaseURL == "" {
		errs = append(errs, errors.New("DATABASE_URL: must name the Postgres database"))
	}
	if u, err := url.Parse(o.BaseURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		errs = append(errs, errors.New("BASE_URL: must be an http or https address"))
	}
	return errors.Join(errs...)
}
