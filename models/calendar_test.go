package models_test

import (
	"math/rand/v2"
	"testing"
	"time"
	_ "time/tzdata"

	"longhaul/models"
)

// Whatever the day, the place and its clocks: between the day of a counter-notice
// and the end of its time lie so many whole business days, no fewer and no more.
func TestBusinessDaysAreNeverTooFew(t *testing.T) {
	t.Parallel()
	draw := rand.New(rand.NewPCG(7, 512))
	zones := []string{"UTC", "America/New_York", "America/Sao_Paulo", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia", "Europe/Berlin"}
	for range 3000 {
		zone, err := time.LoadLocation(zones[draw.IntN(len(zones))])
		if err != nil {
			t.Fatal(err)
		}
		cal := models.Calendar{Zone: zone}
		from := time.Date(2008+draw.IntN(25), 1, 1, 0, 0, draw.IntN(366*24*3600), 0, time.UTC)
		for range draw.IntN(6) {
			cal.Holidays = append(cal.Holidays, models.DateOf(from.AddDate(0, 0, draw.IntN(30))))
		}
		days := models.MinCounterDays + draw.IntN(models.MaxCounterDays-models.MinCounterDays+1)
		due := cal.After(from, days)
		whole := 0
		last := models.DateOf(due.Add(-time.Nanosecond).In(zone))
		for d := models.DateOf(from.In(zone)); d != last; {
			if d = d.Next(); cal.Business(d) {
				whole++
			}
		}
		if whole != days || !cal.Business(last) || !due.Equal(last.Next().Start(zone)) {
			t.Fatalf("from %s in %s, %d days, holidays %v: due %s after %d whole business days", from, zone, days, cal.Holidays, due, whole)
		}
		if due.Sub(from) < time.Duration(days)*23*time.Hour {
			t.Fatalf("from %s in %s: due %s", from, zone, due)
		}
	}
}

func TestDaysAcrossTheNewYear(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	var christmas, newYear models.Date
	for d, text := range map[*models.Date]string{&christmas: "2026-12-25", &newYear: "2027-01-01"} {
		if err := d.UnmarshalText([]byte(text)); err != nil || d.String() != text {
			t.Fatalf("%s, %v", d, err)
		}
	}
	cal := models.Calendar{Zone: zone, Holidays: []models.Date{christmas, newYear}}
	// Friday the 18th, late in the evening in New York: the next ten business days
	// are the 21st to the 24th, the 28th to the 31st, and January 4 and 5.
	from := time.Date(2026, 12, 19, 3, 0, 0, 0, time.UTC)
	if got, want := cal.After(from, 10), time.Date(2027, 1, 6, 5, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("due %s, want %s", got, want)
	}
	var d models.Date
	if d.UnmarshalText([]byte("25.12.2026")) == nil {
		t.Error("a day in another form is read")
	}
}

// The day on which clocks go forward at midnight begins when it is there.
func TestADayWithoutMidnight(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Fatal(err)
	}
	d := models.Date{Year: 2017, Month: time.October, Day: 15}
	if got := d.Start(zone); models.DateOf(got) != d || models.DateOf(got.Add(-time.Nanosecond)) == d {
		t.Errorf("the day begins at %s", got)
	}
}
