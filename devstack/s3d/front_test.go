package s3d_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"longhaul/frontdoor/frontdoortest"
)

// TestSilentClients stores objects beside connections that say nothing, or half
// of a request, and are cut off.
func TestSilentClients(t *testing.T) {
	p := newPlace(t)
	paths := make([]string, 100)
	for i := range paths {
		paths[i] = "/" + bucket + "/x"
	}
	frontdoortest.CutsOff(t, strings.TrimPrefix(p.server.Endpoint, "http://"), paths, func() {
		if _, err := p.client.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String(bucket), Key: aws.String("jobs/a"), Body: strings.NewReader("stored"),
		}); err != nil {
			t.Error(err)
		}
	})
}
