"""What benchmarks/compare is made of. Other scripts import it from here:

    sys.path.insert(0, "…/benchmarks")
    from compare_parts.bench import Bench
    from compare_parts.nginx_comparison import measure_nginx

    with Bench(seconds=2, rounds=3) as bench:
        result = measure_nginx(bench)

Each measure_…(bench) returns the dictionary that benchmarks/compare --json writes under that part's name.
It raises bench.Skipped, with the reason, where a program is missing.
"""
