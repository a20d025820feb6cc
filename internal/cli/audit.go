package cli

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"longhaul/internal/config"
	"longhaul/internal/store"
	"longhaul/models"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Check the integrity of the audit log and the security events (from the database)."`
}

type auditVerifyCmd struct {
	Head string `help:"A head printed by an earlier run; proves that nothing was cut off or rewritten since." placeholder:"ID:HASH"`
}

// Run prints the head of the audit log, for keeping elsewhere, or says which
// entry does not fit.
func (c *auditVerifyCmd) Run(ctx context.Context, p *program) error {
	id, hash, err := c.noted()
	if err != nil {
		return err
	}
	return p.withStore(ctx, func(s *store.Store, _ config.Config) error {
		check, err := s.Records.VerifyAudit(ctx)
		if err != nil {
			return err
		}
		if check.BrokenID != 0 {
			return fmt.Errorf("the audit log was tampered with at entry %d: %s", check.BrokenID, check.Fault)
		}
		if id > 0 {
			now, err := s.Records.AuditHashOf(ctx, id)
			if models.CodeOf(err) == models.CodeNotFound && err != nil {
				return fmt.Errorf("the audit log was tampered with: entry %d is missing", id)
			}
			if err != nil {
				return err
			}
			if !bytes.Equal(now, hash) {
				return fmt.Errorf("the audit log was tampered with: entry %d and everything after it were rewritten", id)
			}
		}
		events, err := s.Records.VerifySecurityEvents(ctx)
		if err != nil {
			return err
		}
		if events.BrokenID != 0 {
			return fmt.Errorf("the security events were tampered with at entry %d: %s", events.BrokenID, events.Fault)
		}
		fmt.Fprintf(p.Err, "The security events are intact: %d.\n", events.Entries)
		fmt.Fprintf(p.Err, "The audit log is intact: %d entries. Keep the head somewhere else and pass it to --head later.\n", check.Entries)
		fmt.Fprintf(p.Out, "%d:%s\n", check.HeadID, hex.EncodeToString(check.HeadHash))
		return nil
	})
}

// noted reads the head of an earlier run; id 0 is none.
func (c *auditVerifyCmd) noted() (id int64, hash []byte, err error) {
	if c.Head == "" {
		return 0, nil, nil
	}
	number, sum, _ := strings.Cut(c.Head, ":")
	id, err1 := strconv.ParseInt(number, 10, 64)
	hash, err2 := hex.DecodeString(sum)
	if err1 != nil || err2 != nil || id < 0 || len(hash) != 32 {
		return 0, nil, usagef("The head must be an id, a colon and 64 hex digits, as printed by an earlier run.")
	}
	return id, hash, nil
}
