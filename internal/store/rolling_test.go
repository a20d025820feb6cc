package store_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"longhaul/internal/store"
	"longhaul/internal/store/storetest"
)

// rollingSince is the newest migration that may still change what older programs
// rely on: nothing was released before it.
const rollingSince = 25

// TestMigrationsSuitOlderPrograms holds that the programs of the release before
// work on the newest schema, so that an update can replace them one by one: a
// migration adds, and takes nothing away that they read or write. What they no
// longer use is marked with a comment "-- rolling: " and the reason, in the
// line before the statement.
func TestMigrationsSuitOlderPrograms(t *testing.T) {
	t.Parallel()
	names := storetest.Must[[]string](t)(fs.Glob(store.Migrations(), "*.sql"))
	found := 0
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		version := storetest.Must[int](t)(strconv.Atoi(number))
		for _, fault := range unsuited(string(storetest.Must[[]byte](t)(fs.ReadFile(store.Migrations(), name)))) {
			if found++; version > rollingSince {
				t.Errorf("%s: %s", name, fault)
			}
		}
	}
	if found < 10 {
		t.Errorf("of all migrations up to %d, %d statements were found unsuited: the rules find too little", rollingSince, found)
	}
}

func TestWhatOlderProgramsCanNotTake(t *testing.T) {
	t.Parallel()
	for sql, bad := range map[string]bool{
		"create table x (a int not null); create unique index i on x (a); alter table x add constraint c check (a > 0);": false,
		"alter table jobs add column a int":                                                     false,
		"alter table jobs add column a int not null default 0, add column b text":               false,
		"alter table jobs add column a int default 1, add column b text not null":               true,
		"ALTER TABLE jobs\n  ADD a int NOT NULL":                                                true,
		"alter table jobs drop column a":                                                        true,
		"-- rolling: nothing reads it since the release before\nalter table jobs drop column a": false,
		"-- drop table jobs; is what it does not do\nselect 1":                                  false,
		"alter table jobs rename column a to b":                                                 true,
		"alter table jobs alter column a type bigint":                                           true,
		"alter table jobs alter a set not null":                                                 true,
		"alter table jobs alter column a drop default":                                          true,
		"alter table jobs alter column a drop not null":                                         false,
		"drop table jobs": true, "drop view v": true, "truncate jobs": true,
		"drop view v; create view v as select 1":                                                                      false,
		"alter table jobs drop constraint c; alter table jobs add constraint c check (a in ('old', 'new'))":           false,
		"alter table jobs add constraint c check (a > 0)":                                                             true,
		"create unique index i on jobs (a)":                                                                           true,
		"create index i on jobs (a)":                                                                                  false,
		"create trigger t before insert on jobs for each row execute function f()":                                    true,
		"create function f() returns int language sql as $$ select 1; drop table x; $$":                               false,
		"create table if not exists x (a int); create trigger t before insert on x for each row execute function f()": false,
	} {
		if got := unsuited(sql); (len(got) > 0) != bad {
			t.Errorf("%s: %q", sql, got)
		}
	}
}

var (
	body      = regexp.MustCompile(`(?s)\$(\w*)\$.*?\$(\w*)\$`)
	comment   = regexp.MustCompile(`--[^\n]*`)
	reasoned  = regexp.MustCompile(`(?m)^\s*-- rolling: \S.*\n[^;]*`)
	created   = regexp.MustCompile(`create table (?:if not exists )?(\w+)`)
	takesAway = regexp.MustCompile(`\bdrop column\b|\brename\b|\bset not null\b|\bdrop default\b|\balter (column )?\w+ (set data )?type\b|^drop table\b|^truncate\b`)
	adds      = regexp.MustCompile(`\badd (?:column )?(?:if not exists )?(\w+) ([^,]*)`)
	narrows   = regexp.MustCompile(`^create unique index (?:if not exists )?\w* ?on (\w+)|^create (?:constraint )?trigger .* on (\w+)|^alter table (?:only )?(\w+) .*\badd constraint (\w+)`)
	dropsView = regexp.MustCompile(`^drop view (?:if exists )?(\w+)`)
)

// unsuited returns what the programs of the release before could not take.
func unsuited(sql string) (faults []string) {
	sql = reasoned.ReplaceAllString(sql, "")
	sql = body.ReplaceAllString(comment.ReplaceAllString(sql, ""), "''")
	sql = strings.ToLower(strings.Join(strings.Fields(sql), " "))
	isNew := map[string]bool{}
	for _, m := range created.FindAllStringSubmatch(sql, -1) {
		isNew[m[1]] = true
	}
	for _, statement := range strings.Split(sql, ";") {
		if statement = strings.TrimSpace(statement); misfit(statement, sql, isNew) {
			faults = append(faults, fmt.Sprintf("older programs may not take %q", statement))
		}
	}
	return faults
}

func misfit(statement, whole string, isNew map[string]bool) bool {
	if m := dropsView.FindStringSubmatch(statement); m != nil {
		return !strings.Contains(whole, "create view "+m[1]+" ")
	}
	if takesAway.MatchString(statement) {
		return true
	}
	if strings.HasPrefix(statement, "alter table ") {
		for _, m := range adds.FindAllStringSubmatch(statement, -1) {
			if m[1] != "constraint" && strings.Contains(m[2], "not null") && !strings.Contains(m[2], "default ") && !strings.Contains(m[2], "generated ") {
				return true
			}
		}
	}
	m := narrows.FindStringSubmatch(statement)
	if m == nil || isNew[m[1]+m[2]+m[3]] {
		return false
	}
	// A constraint that replaces one of its name lets in more than before.
	return m[4] == "" || !strings.Contains(whole, "drop constraint "+m[4])
}
