package models

import (
	"fmt"
	"time"
)

// Date is a day of a calendar, in no time zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day of the time, in the time's zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// UnmarshalText reads a day such as 2026-12-25.
func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("must be days such as 2026-12-25: %w", err)
	}
	*d = DateOf(t)
	return nil
}

// MarshalText writes the day as UnmarshalText reads it.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String returns the day such as 2026-12-25.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// Next returns the day after.
func (d Date) Next() Date {
	return DateOf(time.Date(d.Year, d.Month, d.Day+1, 12, 0, 0, 0, time.UTC))
}

// Start returns the first moment of the day in the zone. Where clocks are put
// forward at midnight, that is later than midnight.
func (d Date) Start(zone *time.Location) time.Time {
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
	for DateOf(t) != d {
		t = t.Add(15 * time.Minute)
	}
	return t
}

// Calendar knows the business days of a place. The zero value has no holidays and
// is in UTC.
type Calendar struct {
	Zone     *time.Location // nil for UTC
	Holidays []Date
}

// Business reports whether the day is one: no weekend and no holiday.
func (c Calendar) Business(d Date) bool {
	switch time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC).Weekday() {
	case time.Saturday, time.Sunday:
		return false
	default:
	}
	for _, h := range c.Holidays {
		if h == d {
			return false
		}
	}
	return true
}

// After returns the moment at which so many whole business days have passed since
// the day of the time: the end of the last of them. The day itself does not
// count.
func (c Calendar) After(t time.Time, days int) time.Time {
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	d := DateOf(t.In(zone))
	for days > 0 {
		d = d.Next()
		if c.Business(d) {
			days--
		}
	}
	return d.Next().Start(zone).UTC()
}
