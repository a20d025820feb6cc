package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/smtp"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/jackc/pgx/v5"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/operatorservice/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/durationpb"

	"longhaul/devstack/stack"
)

// TestInfrastructure runs the parts without the application through use, the
// death of each, the death of the whole, and an orderly end.
func TestInfrastructure(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	r := launch(t, data, "--no-app")
	state := r.state(t)
	if millis := state.StartMillis["total"]; millis > 60_000 {
		t.Errorf("the first start took %d ms", millis)
	}
	useTemporal(t, state)
	startWorkflow(t, state, "job-before")
	putObject(t, state, "jobs/a/b", "kept")
	sendMail(t, state, "Before the crash")

	for _, part := range []string{"postgres", "temporal", "s3", "mail"} {
		killPart(t, r, part)
	}
	state = r.state(t)
	checkKept(t, state)

	r.murder(t)
	r = launch(t, data, "--no-app")
	state = r.state(t)
	if millis := state.StartMillis["total"]; millis > 20_000 {
		t.Errorf("the start after a crash took %d ms", millis)
	}
	checkKept(t, state)
	startWorkflow(t, state, "job-after")

	r.interrupt(t)
	if strings.Contains(r.console(), "killing it") {
		t.Errorf("a part had to be killed:\n%s", r.console())
	}
}

// killPart kills one part and waits until it works again under a new id.
func killPart(t *testing.T, r *running, part string) {
	t.Helper()
	before := r.state(t).PIDs
	if err := syscall.Kill(before[part], syscall.SIGKILL); err != nil {
		t.Fatalf("kill %s: %v", part, err)
	}
	eventually(t, 30*time.Second, part+" is back", func() error {
		if !strings.Contains(r.console(), part+" is back") {
			return os.ErrNotExist
		}
		return nil
	})
	after := r.state(t).PIDs
	if after[part] == before[part] || after[part] == 0 {
		t.Errorf("%s was process %d and is process %d", part, before[part], after[part])
	}
	if part != "postgres" {
		for name, pid := range before {
			if name != part && after[name] != pid {
				t.Errorf("%s was restarted although only %s died", name, part)
			}
		}
	}
}

func checkKept(t *testing.T, state stack.Ready) {
	t.Helper()
	eventually(t, 20*time.Second, "the workflow is still there", func() error {
		return describeWorkflow(t, state, "job-before")
	})
	if got := getObject(t, state, "jobs/a/b"); got != "kept" {
		t.Errorf("object holds %q", got)
	}
	if mails := listMail(t, state); len(mails) != 1 || mails[0].Subject != "Before the crash" {
		t.Errorf("mails are %+v", mails)
	}
}

func frontend(t *testing.T, state stack.Ready) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(state.Env["TEMPORAL_ADDRESS"], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func useTemporal(t *testing.T, state stack.Ready) {
	t.Helper()
	conn := frontend(t, state)
	workflows := workflowservice.NewWorkflowServiceClient(conn)
	described, err := workflows.DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: "longhaul"})
	if err != nil {
		t.Fatal(err)
	}
	if kept := described.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration(); kept != 14*24*time.Hour {
		t.Errorf("closed workflows are kept for %s", kept)
	}
	attributes, err := operatorservice.NewOperatorServiceClient(conn).ListSearchAttributes(t.Context(),
		&operatorservice.ListSearchAttributesRequest{Namespace: "longhaul"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"JobState", "JobUser", "JobProvider", "JobAgent", "JobReason", "JobProblem", "JobBytes"} {
		if _, found := attributes.GetCustomAttributes()[name]; !found {
			t.Errorf("no search attribute %s", name)
		}
	}
	_, err = workflows.RegisterNamespace(t.Context(), &workflowservice.RegisterNamespaceRequest{
		Namespace: "another", WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	if err != nil {
		t.Errorf("register a namespace: %v", err)
	}
	body, status := get(t, state.TemporalUI+"/api/v1/namespaces/longhaul", "")
	if status != http.StatusOK || !strings.Contains(body, "longhaul") {
		t.Errorf("the Temporal UI answers %d %s", status, body)
	}
	conn2, err := pgx.Connect(t.Context(), state.Env["DATABASE_URL"])
	if err != nil {
		t.Fatalf("connect to the application's database: %v", err)
	}
	if err := conn2.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func startWorkflow(t *testing.T, state stack.Ready, id string) {
	t.Helper()
	_, err := workflowservice.NewWorkflowServiceClient(frontend(t, state)).StartWorkflowExecution(t.Context(),
		&workflowservice.StartWorkflowExecutionRequest{
			Namespace: "longhaul", WorkflowId: id, RequestId: id,
			WorkflowType: &commonpb.WorkflowType{Name: "Download"},
			TaskQueue:    &taskqueuepb.TaskQueue{Name: "main"},
		})
	if err != nil {
		t.Fatalf("start a workflow: %v", err)
	}
}

func describeWorkflow(t *testing.T, state stack.Ready, id string) error {
	t.Helper()
	_, err := workflowservice.NewWorkflowServiceClient(frontend(t, state)).DescribeWorkflowExecution(t.Context(),
		&workflowservice.DescribeWorkflowExecutionRequest{
			Namespace: "longhaul", Execution: &commonpb.WorkflowExecution{WorkflowId: id},
		})
	return err
}

func objects(state stack.Ready) *s3.Client {
	return s3.New(s3.Options{
		BaseEndpoint: aws.String(state.Env["S3_ENDPOINT"]), Region: state.Env["S3_REGION"], UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(
			state.Env["S3_ACCESS_KEY_ID"], state.Env["S3_SECRET_ACCESS_KEY"], ""),
	})
}

func putObject(t *testing.T, state stack.Ready, key, content string) {
	t.Helper()
	_, err := objects(state).PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(state.Env["S3_BUCKET"]), Key: aws.String(key), Body: strings.NewReader(content),
	})
	if err != nil {
		t.Fatalf("put an object: %v", err)
	}
}

func getObject(t *testing.T, state stack.Ready, key string) string {
	t.Helper()
	got, err := objects(state).GetObject(t.Context(), &s3.GetObjectInput{
		Bucket: aws.String(state.Env["S3_BUCKET"]), Key: aws.String(key),
	})
	if err != nil {
		t.Fatalf("get an object: %v", err)
	}
	defer func() { _ = got.Body.Close() }()
	content, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func sendMail(t *testing.T, state stack.Ready, subject string) {
	t.Helper()
	message := "From: longhaul@example.test\r\nTo: user@example.test\r\nSubject: " + subject + "\r\n\r\nHello.\r\n"
	if err := smtp.SendMail(state.SMTP, nil, "longhaul@example.test", []string{"user@example.test"}, []byte(message)); err != nil {
		t.Fatalf("send mail: %v", err)
	}
}

// caught is a message as the mail catcher lists it.
type caught struct {
	Subject string `json:"subject"`
	To      string `json:"to"`
}

func listMail(t *testing.T, state stack.Ready) []caught {
	t.Helper()
	body, status := get(t, state.Mail+"/api/messages", "")
	if status != http.StatusOK {
		t.Fatalf("the mail catcher answers %d %s", status, body)
	}
	var list struct {
		Messages []caught `json:"messages"`
	}
	if err := json.NewDecoder(bytes.NewBufferString(body)).Decode(&list); err != nil {
		t.Fatal(err)
	}
	return list.Messages
}

func get(t *testing.T, url, host string) (string, int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = host
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body), response.StatusCode
}

// TestBusyPort checks that the message names the port and the variable.
func TestBusyPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, taken, _ := net.SplitHostPort(l.Addr().String())
	free := make([]string, 0, 10)
	for _, flag := range []string{"--temporal-port", "--temporal-ui-port", "--smtp-port", "--mail-port", "--postgres-port"} {
		free = append(free, flag, "0")
	}
	r := begin(t, filepath.Join(t.TempDir(), "data"), append(free, "--no-app", "--s3-port", taken)...)
	if err := <-r.ended; err == nil {
		t.Fatal("devstack ran on a busy port")
	}
	message := strings.TrimSpace(r.console())
	if !strings.Contains(message, "port "+taken) || !strings.Contains(message, "S3_PORT") || strings.Contains(message, "\n") {
		t.Errorf("the message is %q", message)
	}
}

// TestOneDevstackPerFolder checks that a second one leaves the data alone.
func TestOneDevstackPerFolder(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	first := launch(t, data, "--no-app")
	second := begin(t, data, "--no-app", "--random-ports")
	if err := <-second.ended; err == nil {
		t.Fatal("two devstacks share one data folder")
	}
	want := "process " + strconv.Itoa(first.cmd.Process.Pid)
	if !strings.Contains(second.console(), want) {
		t.Errorf("the message %q does not name %s", second.console(), want)
	}
	first.interrupt(t)
}
