import {
  AlignmentType,
  Document,
  Footer,
  HeadingLevel,
  LevelFormat,
  Packer,
  PageNumber,
  Paragraph,
  Table,
  TableCell,
  TableRow,
  TextRun,
  WidthType,
  convertMillimetersToTwip,
} from 'docx'
import type { PlanDocument } from '#application'

const numeral = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十'] as const
/** 一, 二, … 十一, 二十: how the parts of an official document are counted. */
export const chineseNumber = (n: number): string => {
  const [tens, ones] = [Math.floor(n / 10), n % 10]
  return `${tens > 1 ? numeral[tens - 1]! : ''}${tens > 0 ? '十' : ''}${ones > 0 ? numeral[ones - 1]! : ''}`
}

// body text in 仿宋, headings in 黑体 and 楷体, as official documents are set; 三号 is 16 pt, docx counts in half points
const body = { font: { name: 'FangSong', eastAsia: '仿宋' }, size: 32 }
const kai = { font: { name: 'KaiTi', eastAsia: '楷体' }, size: 32 }
const hei = { font: { name: 'SimHei', eastAsia: '黑体' }, size: 32 }
const indent = { firstLine: 640 }

const paragraphs = (text: string): Paragraph[] =>
  text
    .split(/\r\n|\r|\n/)
    .filter((line) => line.trim() !== '')
    .map(
      (line) =>
        new Paragraph({
          indent,
          spacing: { line: 560, lineRule: 'exact' },
          children: [new TextRun({ ...body, text: line })],
        }),
    )

const cell = (text: string, width: number, bold = false): TableCell =>
  new TableCell({
    width: { size: width, type: WidthType.PERCENTAGE },
    margins: { top: 60, bottom: 60, left: 80, right: 80 },
    children: [new Paragraph({ children: [new TextRun({ font: body.font, size: 21, bold, text })] })],
  })
const table = (heads: readonly string[], widths: readonly number[], rows: readonly (readonly string[])[]): Table =>
  new Table({
    width: { size: 100, type: WidthType.PERCENTAGE },
    rows: [
      new TableRow({ tableHeader: true, children: heads.map((h, i) => cell(h, widths[i]!, true)) }),
      ...rows.map((r) => new TableRow({ cantSplit: true, children: r.map((t, i) => cell(t, widths[i]!)) })),
    ],
  })

const annexHead = (n: number, term: string): Paragraph[] => [
  new Paragraph({ pageBreakBefore: true, children: [new TextRun({ ...hei, text: `附件${n}` })] }),
  new Paragraph({
    heading: HeadingLevel.HEADING_1,
    alignment: AlignmentType.CENTER,
    spacing: { before: 240, after: 240 },
    children: [new TextRun({ font: hei.font, size: 36, text: term })],
  }),
]

/** The plan as a Word document in the layout of official documents, with its two annexes as tables. */
export const planToDocx = async (p: PlanDocument): Promise<Buffer> =>
  Packer.toBuffer(
    new Document({
      title: p.title,
      creator: p.author,
      description: `第 ${p.version} 版，${p.day}`,
      styles: { default: { document: { run: body } } },
      numbering: { config: [{ reference: 'none', levels: [{ level: 0, format: LevelFormat.NONE, text: '' }] }] },
      sections: [
        {
          properties: {
            page: {
              size: { width: convertMillimetersToTwip(210), height: convertMillimetersToTwip(297) },
              margin: {
                top: convertMillimetersToTwip(37),
                bottom: convertMillimetersToTwip(35),
                left: convertMillimetersToTwip(28),
                right: convertMillimetersToTwip(26),
              },
            },
          },
          footers: {
            default: new Footer({
              children: [
                new Paragraph({
                  alignment: AlignmentType.CENTER,
                  children: [new TextRun({ font: body.font, size: 28, children: ['— ', PageNumber.CURRENT, ' —'] })],
                }),
              ],
            }),
          },
          children: [
            new Paragraph({
              heading: HeadingLevel.TITLE,
              alignment: AlignmentType.CENTER,
              spacing: { before: 400, after: 300 },
              children: [
                new TextRun({
                  font: { name: 'SimSun', eastAsia: '宋体' },
                  size: 44,
                  bold: true,
                  color: '000000',
                  text: p.title,
                }),
              ],
            }),
            new Paragraph({
              alignment: AlignmentType.CENTER,
              spacing: { after: 400 },
              children: [
                new TextRun({
                  ...kai,
                  size: 28,
                  text: [
                    p.author,
                    `第 ${p.version} 版`,
                    p.day,
                    p.state,
                    ...(p.demo ? ['演示，不具法律效力'] : []),
                  ].join('　'),
                }),
              ],
            }),
            ...(p.term ? paragraphs(`授权运营期限：${p.term}。`) : []),
            ...p.sections.flatMap((s, i) => [
              new Paragraph({
                heading: HeadingLevel.HEADING_1,
                indent,
                spacing: { before: 200, line: 560, lineRule: 'exact' },
                children: [new TextRun({ ...hei, color: '000000', text: `${chineseNumber(i + 1)}、${s.term}` })],
              }),
              ...paragraphs(s.text ?? ''),
              ...(s.parts ?? []).flatMap((x, j) => [
                new Paragraph({
                  heading: HeadingLevel.HEADING_2,
                  indent,
                  spacing: { line: 560, lineRule: 'exact' },
                  children: [new TextRun({ ...kai, color: '000000', text: `（${chineseNumber(j + 1)}）${x.term}` })],
                }),
                ...paragraphs(x.text),
              ]),
            ]),
            ...(p.items.length > 0
              ? [
                  ...annexHead(1, '公共数据资源目录'),
                  table(
                    ['序号', '目录名称', '数源单位', '更新频率'],
                    [9, 46, 30, 15],
                    p.items.map((x, i) => [String(i + 1), x.name, x.unit, x.frequency]),
                  ),
                ]
              : []),
            ...(p.products.length > 0
              ? [
                  ...annexHead(2, '拟提供的公共数据产品和服务清单'),
                  table(
                    ['序号', '名称', '类别', '所属行业', '服务形式', '备注'],
                    [8, 32, 22, 14, 14, 10],
                    p.products.map((x, i) => [
                      String(i + 1),
                      x.name,
                      x.class,
                      x.industry,
                      x.form,
                      x.charged ? '收费' : '',
                    ]),
                  ),
                ]
              : []),
          ],
        },
      ],
    }),
  )
