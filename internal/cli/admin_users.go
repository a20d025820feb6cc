package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"longhaul/models"
)

type adminUsersCmd struct {
	List           adminUsersListCmd           `cmd:"" default:"withargs" help:"List accounts (through the API, as an administrator)."`
	Show           adminUsersShowCmd           `cmd:"" help:"Show an account with its limits and usage (through the API, as an administrator)."`
	SetPlan        adminUsersSetPlanCmd        `cmd:"" help:"Give an account another plan (from the database)."`
	Override       adminUsersOverrideCmd       `cmd:"" help:"Give an account other limits than its plan's, in place of those it has (from the database)."`
	RemoveOverride adminUsersRemoveOverrideCmd `cmd:"" help:"Put an account under its plan's limits again (from the database)."`
	Disable        adminUsersDisableCmd        `cmd:"" help:"Disable an account: its access ends, its jobs pause (from the database)."`
	Enable         adminUsersEnableCmd         `cmd:"" help:"Enable an account: what paused with it continues (from the database)."`
	ResetFactors   adminUsersResetFactorsCmd   `cmd:"" help:"Remove an account's second factors, when they are lost (from the database)."`
	Delete         adminUsersDeleteCmd         `cmd:"" help:"Delete an account with its jobs and files (from the database)."`
}

// account is what the commands use of an account.
type account struct {
	ID           string     `json:"id"`
	Email        string     `json:"email"`
	Role         string     `json:"role"`
	State        string     `json:"state"`
	SecondFactor bool       `json:"secondFactor"`
	Plan         string     `json:"plan"`
	StorageUsed  int64      `json:"storageUsed"`
	StorageLimit *int64     `json:"storageLimit"`
	Jobs         int64      `json:"jobs"`
	RunningJobs  int64      `json:"runningJobs"`
	LastSignInAt *time.Time `json:"lastSignInAt"`
}

func (a account) storage() string {
	if a.StorageLimit == nil {
		return bytesInWords(a.StorageUsed)
	}
	return bytesInWords(a.StorageUsed) + " of " + bytesInWords(*a.StorageLimit)
}

func (a account) signedIn() string {
	if a.LastSignInAt == nil {
		return "never"
	}
	return a.LastSignInAt.UTC().Format(time.DateOnly)
}

type adminUsersListCmd struct {
	Search string `help:"Only accounts whose address contains this." short:"q"`
	Role   string `help:"Only accounts with this role: user or admin."`
	State  string `help:"Only accounts in this state: active, unverified or disabled."`
	Plan   string `help:"Only accounts that have the plan of this id."`
	CSV    bool   `help:"Print CSV, with everything the list has." name:"csv"`
}

func (c *adminUsersListCmd) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"q": c.Search, "role": c.Role, "state": c.State, "plan": c.Plan} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// Run lists all accounts that match.
func (c *adminUsersListCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	if c.CSV {
		return api.save(ctx, "/admin/users.csv?"+c.query().Encode(), p.Out)
	}
	found, err := c.find(ctx, api)
	if err != nil {
		return err
	}
	if p.json {
		return p.printJSON(found)
	}
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "EMAIL\tROLE\tSTATE\tPLAN\tSTORAGE\tRUNNING\tTWO-STEP\tSIGNED IN")
	for _, a := range found {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%t\t%s\n", printable(a.Email), a.Role, a.State, a.Plan, a.storage(), a.RunningJobs, a.SecondFactor, a.signedIn())
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the list: %w", err)
	}
	return nil
}

func (c *adminUsersListCmd) find(ctx context.Context, api *client) ([]account, error) {
	found := []account{} // an empty list prints as one
	q := c.query()
	q.Set("limit", "100")
	for {
		var page struct {
			Users      []account `json:"users"`
			NextCursor string    `json:"nextCursor"`
		}
		if _, err := api.do(ctx, http.MethodGet, "/admin/users?"+q.Encode(), nil, &page); err != nil {
			return nil, err
		}
		found = append(found, page.Users...)
		if page.NextCursor == "" {
			return found, nil
		}
		q.Set("cursor", page.NextCursor)
	}
}

type adminUsersShowCmd struct {
	Email string `arg:"" help:"The account's address."`
}

// accountDetail is an account with its limits and usage.
type accountDetail struct {
	account
	Limits   map[string]any `json:"limits"`
	Override *struct {
		Limits []struct {
			Limit string `json:"limit"`
			Value *int64 `json:"value"`
		} `json:"limits"`
		Until  *time.Time `json:"until"`
		Reason string     `json:"reason"`
	} `json:"override"`
	Usage struct {
		Bandwidth int64 `json:"bandwidth"`
		Files     int   `json:"files"`
	} `json:"usage"`
	Sessions []any `json:"sessions"`
}

// Run shows one account.
func (c *adminUsersShowCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	found, err := (&adminUsersListCmd{Search: c.Email}).find(ctx, api)
	if err != nil {
		return err
	}
	for _, a := range found {
		if !strings.EqualFold(a.Email, strings.TrimSpace(c.Email)) {
			continue
		}
		return p.showUser(ctx, api, a.ID)
	}
	return models.Errorf(models.CodeNotFound, "There is no account %s.", c.Email)
}

func (p *program) showUser(ctx context.Context, api *client, id string) error {
	var raw json.RawMessage
	if _, err := api.do(ctx, http.MethodGet, "/admin/users/"+id, nil, &raw); err != nil {
		return err
	}
	if p.json {
		return p.printJSON(raw)
	}
	var d accountDetail
	if err := json.Unmarshal(raw, &d); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	d.print(p.Out)
	return nil
}

func (d accountDetail) print(w io.Writer) {
	fmt.Fprintf(w, "%s (%s, %s)\n", printable(d.Email), d.Role, d.State)
	fmt.Fprintf(w, "plan %s; storage %s; %s delivered this month; %d files; %d jobs, %d running\n",
		d.Plan, d.storage(), bytesInWords(d.Usage.Bandwidth), d.Usage.Files, d.Jobs, d.RunningJobs)
	fmt.Fprintf(w, "signed in %s; %d sessions; second factor %t\n", d.signedIn(), len(d.Sessions), d.SecondFactor)
	if d.Override == nil {
		return
	}
	until := "for good"
	if d.Override.Until != nil {
		until = "until " + d.Override.Until.UTC().Format(time.RFC3339)
	}
	fmt.Fprintf(w, "own limits %s: %s\n", until, printable(d.Override.Reason))
	for _, l := range d.Override.Limits {
		value := "no limit"
		if l.Value != nil {
			value = strconv.FormatInt(*l.Value, 10)
		}
		fmt.Fprintf(w, "  %s: %s\n", l.Limit, value)
	}
}

type adminPlansCmd struct{}

// Run lists the plans, retired ones included.
func (c *adminPlansCmd) Run(ctx context.Context, p *program) error {
	api, err := p.newClient()
	if err != nil {
		return err
	}
	var out struct {
		Plans []struct {
			ID             string `json:"id"`
			Name           string `json:"name"`
			StorageBytes   *int64 `json:"storageBytes"`
			BandwidthBytes *int64 `json:"bandwidthBytes"`
			MaxRunningJobs *int64 `json:"maxRunningJobs"`
			Default        bool   `json:"default"`
			Retired        bool   `json:"retired"`
			Users          int64  `json:"users"`
		} `json:"plans"`
	}
	if _, err := api.do(ctx, http.MethodGet, "/admin/plans", nil, &out); err != nil {
		return err
	}
	if p.json {
		return p.printJSON(out.Plans)
	}
	w := tabwriter.NewWriter(p.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tNAME\tACCOUNTS\tSTORAGE\tBANDWIDTH\tRUNNING\tDEFAULT\tRETIRED")
	for _, plan := range out.Plans {
		running := "no limit"
		if plan.MaxRunningJobs != nil {
			running = strconv.FormatInt(*plan.MaxRunningJobs, 10)
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%s\t%t\t%t\n", plan.ID, printable(plan.Name), plan.Users,
			bytesOrNone(plan.StorageBytes), bytesOrNone(plan.BandwidthBytes), running, plan.Default, plan.Retired)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print the list: %w", err)
	}
	return nil
}

func bytesOrNone(n *int64) string {
	if n == nil {
		return "no limit"
	}
	return bytesInWords(*n)
}
