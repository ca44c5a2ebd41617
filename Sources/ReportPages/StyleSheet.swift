/// The one style sheet of a page.
///
/// Colour never carries a meaning alone: words, marks or patterns say the same.
enum StyleSheet {
    /// The text; the page names its hash, so that no other style applies.
    static let text: StaticString = """

        :root {
          color-scheme: light dark;
          --paper: #ffffff; --surface: #f5f6f7; --ink: #1b1f24; --quiet: #565e68; --rule: #d8dce1; --link: #1d4f91;
          --passed: #17663a; --failed: #a3161b; --open: #7d5200; --shipped: #fbe9e7; --rebuilt: #e6f2e9; --mark: #ffdf70;
          --ground-reproduced: #dbe9df; --ground-signature: #dfe8f6; --ground-third-party: #ebe5f4;
          --ground-waived: #faefd0; --ground-unexplained: #fadad8;
          --ink-signature: #5b83c0; --ink-third-party: #8d75bd; --ink-waived: #b98a1c; --ink-unexplained: #c2473f;
          --edge: #ffffff;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #15181b; --surface: #1e2226; --ink: #e7e9eb; --quiet: #a6adb5; --rule: #3a4047; --link: #9cc3f5;
            --passed: #79d2a0; --failed: #ff938a; --open: #f0c35a; --shipped: #3a2322; --rebuilt: #1d3327; --mark: #6b5300;
            --ground-reproduced: #2a4434; --ground-signature: #22334e; --ground-third-party: #352b4b;
            --ground-waived: #433717; --ground-unexplained: #5a2524;
            --ink-signature: #6f97d2; --ink-third-party: #9a84cc; --ink-waived: #b8922f; --ink-unexplained: #e0685f;
            --edge: #15181b;
          }
        }
        * { box-sizing: border-box; }
        html { background: var(--paper); color: var(--ink); }
        body {
          max-width: 66rem; margin: 0 auto; padding: 3rem 1.5rem 4rem; font-size: 1rem; line-height: 1.55;
          font-family: -apple-system, "Segoe UI", "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif;
        }
        code, pre, td.offset, td.digits, td.ink, td.text, td.side {
          font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
          font-size: 0.8125rem; overflow-wrap: anywhere;
        }
        h1, h2, h3 { line-height: 1.25; font-weight: 600; text-wrap: balance; }
        h1 { font-size: 2.125rem; margin: 0 0 1.75rem; letter-spacing: -0.015em; overflow-wrap: anywhere; }
        h2 { font-size: 1.375rem; margin: 0 0 0.75rem; letter-spacing: -0.005em; }
        h3 { font-size: 1.0625rem; margin: 2rem 0 0.5rem; }
        p, ul { max-width: 44rem; margin: 0 0 1rem; text-wrap: pretty; }
        main > section { margin-top: 3.5rem; }
        .kicker { color: var(--quiet); margin: 0 0 0.25rem; }
        .note, caption, figcaption, small, footer, dt { color: var(--quiet); }
        .note, small { font-size: 0.875rem; font-weight: 400; }
        td small { font-size: 0.75rem; }
        .verdict { border-left: 0.375rem solid var(--open); background: var(--surface); padding: 1.5rem 1.75rem 1.25rem; }
        .verdict.passed { border-color: var(--passed); }
        .verdict.failed { border-color: var(--failed); }
        .verdict h2 { font-size: 1.75rem; color: var(--open); margin-bottom: 0.5rem; }
        .verdict.passed h2 { color: var(--passed); }
        .verdict.failed h2 { color: var(--failed); }
        .verdict .mark { display: inline-block; min-width: 1.25em; margin-right: 0.125em; }
        .lead { font-size: 1.1875rem; line-height: 1.45; }
        .line { font-weight: 600; font-variant-numeric: tabular-nums; }
        .verdict p:last-child { margin-bottom: 0.25rem; }
        dl.facts { display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: 0.25rem 1.5rem; margin: 1.5rem 0 0; }
        dl.facts dd { margin: 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; min-width: 0; }
        dl.evidence { margin: 0.5rem 0 0; font-size: 0.875rem; }
        dl.evidence dd { margin: 0 0 0.375rem; overflow-wrap: anywhere; }
        .scroll { overflow-x: auto; margin: 0 0 1.5rem; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        caption { text-align: left; font-size: 0.875rem; padding: 0 0 0.375rem; }
        th, td { text-align: left; vertical-align: top; padding: 0.5rem 1rem 0.5rem 0; border-top: 1px solid var(--rule); }
        th { font-weight: 600; }
        thead th { font-size: 0.875rem; font-weight: 400; color: var(--quiet); border-top: 0; white-space: nowrap; }
        .differences > tbody > tr > th, .variations tbody th { overflow-wrap: anywhere; }
        td p, td ul { margin: 0 0 0.375rem; }
        td ul { padding-left: 1.125rem; }
        .number { text-align: right; white-space: nowrap; }
        thead th:last-child, td:last-child { padding-right: 0; }
        .outcome, .grade { white-space: nowrap; }
        .classes td:last-child, .opened-classes td:last-child { min-width: 16rem; }
        .outcome.passed, .grade.identical, .grade.identical-outside-signature { color: var(--passed); }
        .outcome.failed, .grade.different { color: var(--failed); font-weight: 600; }
        .outcome.inconclusive, .grade.contents-identical { color: var(--open); font-weight: 600; }
        .more { color: var(--quiet); font-style: italic; }
        .classes th, .links th, .causes th, .opened-classes th { white-space: nowrap; }
        .classes thead th:nth-child(n+2):nth-child(-n+3), .files thead th:nth-child(n+3),
        .differences > thead th:nth-child(2), .causes thead th:nth-child(n+2):nth-child(-n+3),
        .opened-classes thead th:nth-child(2) { text-align: right; }
        .files tbody th { min-width: 12rem; }
        .differences > tbody > tr > th, .links td:nth-child(3), .findings td { min-width: 14rem; }
        .causes td:nth-child(4) { min-width: 18rem; }
        .opened tbody th, .digests tbody th { min-width: 14rem; }
        .digests td, .opened td:nth-child(3) { min-width: 20rem; }
        .swatch { vertical-align: -0.25em; margin-right: 0.625rem; }
        .map { margin: 2rem 0 2.5rem; }
        .map > svg { display: block; background: var(--surface); }
        .map text { font-size: 12px; fill: var(--ink); }
        .map .label { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; stroke-opacity: 0.75; }
        .map .size { fill: var(--quiet); font-size: 11px; }
        figcaption { font-size: 0.875rem; max-width: 44rem; margin-top: 0.75rem; }
        .edge { stroke: var(--edge); stroke-width: 1.5px; }
        .alarm { stroke: var(--failed); stroke-width: 4px; }
        .ground-reproduced { fill: var(--ground-reproduced); }
        .ground-signature { fill: var(--ground-signature); }
        .ground-third-party { fill: var(--ground-third-party); }
        .ground-waived { fill: var(--ground-waived); }
        .ground-unexplained { fill: var(--ground-unexplained); }
        .ink-signature { stroke: var(--ink-signature); stroke-width: 1.5px; }
        .ink-third-party { stroke: var(--ink-third-party); stroke-width: 3px; stroke-linecap: round; }
        .ink-waived { stroke: var(--ink-waived); stroke-width: 1.5px; }
        .ink-unexplained { stroke: var(--ink-unexplained); stroke-width: 1px; fill: none; }
        summary { cursor: pointer; }
        summary:hover { text-decoration: underline; text-underline-offset: 0.2em; }
        :focus-visible { outline: 2px solid var(--link); outline-offset: 3px; }
        .item { border-top: 1px solid var(--rule); padding: 0.75rem 0; }
        .item > summary { font-weight: 600; overflow-wrap: anywhere; }
        .item[open] > summary { margin-bottom: 0.75rem; }
        .item > dl.facts { margin: 0 0 1rem; font-size: 0.875rem; }
        dl.property { margin: 0.5rem 0; font-size: 0.875rem; }
        td > details > summary { color: var(--link); font-size: 0.875rem; }
        tr.view > td { border-top: 0; padding-top: 0; }
        tr.view .scroll, .item > .scroll { margin-bottom: 0.5rem; }
        .view .fix { font-size: 0.875rem; }
        .names { list-style: none; padding: 0; max-width: none; }
        .hex, .lines { margin-top: 0.5rem; width: auto; line-height: 1.4; }
        .hex td, .hex th, .lines td, .lines th { padding: 0.0625rem 1.25rem 0.0625rem 0; border: 0; white-space: pre; }
        .hex .ink + .offset { padding-left: 1.25rem; border-left: 1px solid var(--rule); }
        .hex .more td, .lines .more td { white-space: normal; padding-top: 0.375rem; }
        .offset { color: var(--quiet); }
        .lines { width: 100%; }
        .lines td.offset { text-align: right; min-width: 3rem; }
        .lines td.side { padding: 0.0625rem 0.5rem; text-align: center; font-weight: 700; }
        .lines td.text { width: 100%; white-space: pre-wrap; tab-size: 4; unicode-bidi: bidi-override; direction: ltr; }
        .lines tr.shipped td { background: var(--shipped); }
        .lines tr.rebuilt td { background: var(--rebuilt); }
        .lines tr.shipped td.offset, .lines tr.rebuilt td.offset { color: var(--ink); }
        .lines tr.shipped small, .lines tr.rebuilt small { color: var(--ink); }
        mark { background: var(--mark); color: var(--ink); font-weight: 700; text-decoration: underline; }
        i { font-style: normal; font-size: 0.9em; border: 1px solid currentColor; border-radius: 2px; padding: 0 0.1em; }
        u { text-decoration: underline dotted; text-underline-offset: 0.2em; }
        pre { background: var(--surface); padding: 0.75rem 1rem; overflow-x: auto; white-space: pre-wrap; margin: 0 0 1rem; }
        footer { border-top: 1px solid var(--rule); margin-top: 3.5rem; padding-top: 1rem; font-size: 0.875rem; }
        @media (max-width: 40rem) {
          body { padding: 1.5rem 1rem 3rem; }
          h1 { font-size: 1.625rem; }
          .verdict { padding: 1.125rem 1.125rem 1rem; }
          .verdict h2 { font-size: 1.5rem; }
          .lead { font-size: 1.0625rem; }
          main > section { margin-top: 2.75rem; }
          dl.facts { grid-template-columns: 1fr; gap: 0; }
          dl.facts dd { margin-bottom: 0.5rem; }
          table { font-size: 0.9375rem; }
          th, td { padding-right: 0.625rem; }
          .links td:nth-child(3) { min-width: 11rem; }
        }
        @media print {
          :root {
            color-scheme: light;
            --paper: #ffffff; --surface: #ffffff; --ink: #000000; --quiet: #333333; --rule: #999999; --link: #000000;
            --passed: #000000; --failed: #000000; --open: #000000; --shipped: #ffffff; --rebuilt: #ffffff; --mark: #ffffff;
            --ground-reproduced: #ffffff; --ground-signature: #ffffff; --ground-third-party: #ffffff;
            --ground-waived: #ffffff; --ground-unexplained: #dddddd;
            --ink-signature: #555555; --ink-third-party: #555555; --ink-waived: #555555; --ink-unexplained: #000000;
            --edge: #666666;
          }
          @page { size: A4; margin: 18mm 16mm; }
          body { max-width: none; padding: 0; font-size: 10pt; }
          h1 { font-size: 20pt; }
          .verdict { border: 1pt solid #000000; border-left-width: 5pt; padding: 10pt 14pt; }
          details:not([open])::details-content { content-visibility: visible; display: block; height: auto; }
          .scroll { overflow: visible; }
          th, td { padding-top: 3pt; padding-bottom: 3pt; }
          tr:has(+ tr.view) { break-after: avoid; }
          main > section { margin-top: 22pt; }
          h2, h3, summary, caption { break-after: avoid; }
          tr, figure, .verdict, pre, li { break-inside: avoid; }
          thead { display: table-header-group; }
          code, pre, td.offset, td.digits, td.ink, td.text, td.side { font-size: 8pt; }
          .digests td, .opened td:nth-child(3), .opened tbody th, .digests tbody th, .differences > tbody > tr > th,
          .causes td:nth-child(4), .files tbody th { min-width: 0; }
        }

        """
}
