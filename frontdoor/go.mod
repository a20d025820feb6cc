module longhaul/frontdoor

go 1.26.0
