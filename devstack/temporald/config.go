package temporald

import (
	"fmt"
	"net"
	"net/url"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/metrics"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/common/primitives"

	"longhaul/devstack/port"
)

const (
	mainStore       = "main"
	visibilityStore = "visibility"
	clusterName     = "active"

	// historyShards is fixed for the life of a database. One machine gains
	// nothing from more shards, and each one costs queries at every start.
	historyShards = 4

	maxConns        = 20
	maxIdleConns    = 20
	maxConnLifetime = time.Hour
)

// servicePorts holds the loopback gRPC port of each Temporal service.
type servicePorts map[primitives.ServiceName]int

func choosePorts(frontend int) (servicePorts, error) {
	ports := servicePorts{primitives.FrontendService: frontend}
	for _, name := range []primitives.ServiceName{
		primitives.HistoryService, primitives.MatchingService, primitives.WorkerService,
	} {
		p, err := port.Free()
		if err != nil {
			return nil, err
		}
		ports[name] = p
	}
	return ports, nil
}

func (p servicePorts) hosts() map[primitives.ServiceName]static.Hosts {
	hosts := make(map[primitives.ServiceName]static.Hosts, len(p))
	for name, number := range p {
		hosts[name] = static.SingleLocalHost(port.Address(number))
	}
	return hosts
}

func (p servicePorts) services() map[string]config.Service {
	services := make(map[string]config.Service, len(p))
	for name, number := range p {
		services[string(name)] = config.Service{RPC: config.RPC{GRPCPort: number, BindOnIP: port.Host}}
	}
	return services
}

// sqlConfig turns a postgres:// URL into the store configuration for one of
// Temporal's databases on that server.
func sqlConfig(databaseURL, database string) (*config.SQL, error) {
	u, err := url.Parse(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("parse database url: %w", err)
	}
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), "5432")
	}
	password, _ := u.User.Password()
	attributes := map[string]string{"sslmode": "disable"}
	for key, values := range u.Query() {
		attributes[key] = values[0]
	}
	return &config.SQL{
		PluginName:        postgresql.PluginNamePGX,
		ConnectProtocol:   "tcp",
		ConnectAddr:       host,
		User:              u.User.Username(),
		Password:          password,
		DatabaseName:      database,
		ConnectAttributes: attributes,
		MaxConns:          maxConns,
		MaxIdleConns:      maxIdleConns,
		MaxConnLifetime:   maxConnLifetime,
	}, nil
}

func serverConfig(opts Options, ports servicePorts) (*config.Config, error) {
	mainSQL, err := sqlConfig(opts.DatabaseURL, opts.Database)
	if err != nil {
		return nil, err
	}
	visibilitySQL, err := sqlConfig(opts.DatabaseURL, opts.VisibilityDatabase)
	if err != nil {
		return nil, err
	}
	frontend := port.Address(opts.Port)
	cfg := &config.Config{
		Persistence: config.Persistence{
			DefaultStore:     mainStore,
			VisibilityStore:  visibilityStore,
			NumHistoryShards: historyShards,
			DataStores: map[string]config.DataStore{
				mainStore:       {SQL: mainSQL},
				visibilityStore: {SQL: visibilitySQL},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Services:            ports.services(),
		PublicClient:        config.PublicClient{HostPort: frontend},
	}
	cfg.Global.Membership = config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: port.Host}
	if opts.MetricsPort != 0 {
		cfg.Global.Metrics = &metrics.Config{Prometheus: &metrics.PrometheusConfig{
			ListenAddress: port.Address(opts.MetricsPort), HandlerPath: "/metrics",
		}}
	}
	const disabled = "disabled"
	cfg.Archival.History.State, cfg.Archival.Visibility.State = disabled, disabled
	cfg.NamespaceDefaults.Archival.History.State = disabled
	cfg.NamespaceDefaults.Archival.Visibility.State = disabled
	return cfg, nil
}

// dynamicConfig returns the server settings that differ from Temporal's own
// defaults, which are made for clusters and many tenants.
func dynamicConfig() dynamicconfig.StaticClient {
	return dynamicconfig.StaticClient{
		// Tasks of one user must not starve those of another.
		dynamicconfig.MakeKey("matching.enableFairness"): true,
		// Fairness and rate limits hold per partition, and one is enough here.
		dynamicconfig.MakeKey("matching.numTaskqueueReadPartitions"):  1,
		dynamicconfig.MakeKey("matching.numTaskqueueWritePartitions"): 1,
		// Operators' lists and the reconciling sweep share this budget.
		dynamicconfig.MakeKey("frontend.namespaceRPS.visibility"): 50,
		// There is one tenant, so a burst of starts is not abuse.
		dynamicconfig.MakeKey("frontend.rps"):               20_000,
		dynamicconfig.MakeKey("frontend.namespaceRPS"):      20_000,
		dynamicconfig.MakeKey("frontend.persistenceMaxQPS"): 20_000,
		dynamicconfig.MakeKey("history.persistenceMaxQPS"):  20_000,
		dynamicconfig.MakeKey("matching.persistenceMaxQPS"): 20_000,
		// A search attribute added a moment ago is usable at once.
		dynamicconfig.MakeKey("system.forceSearchAttributesCacheRefreshOnRead"): true,
	}
}
