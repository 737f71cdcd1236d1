import { expect, test } from 'vitest'
import { xmlText } from './xmlText.ts'

test.each([
  ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
  ['a & b &amp; "c"', 'a &amp; b &amp;amp; &quot;c&quot;'],
  [']]>', ']]&gt;'],
  ['tab\tline\nreturn\r', 'tab\tline\nreturn\r'],
  ['bell\u0007 nul\u0000 escape\u001b', 'bell nul escape'],
  ['\ufffe\uffff', ''],
  ['lone \ud800 and \udc00', 'lone  and '],
  ['pair \u{1f600}', 'pair \u{1f600}'],
])('%j', (text, wanted) => {
  expect(xmlText(text)).toBe(wanted)
})
