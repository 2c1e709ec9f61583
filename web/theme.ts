import type { ThemeConfig } from 'antd'

/** The palette of app.css for Ant Design. Red is for seals, breaches and acts that cannot be taken back. */
const colours = {
  ink: '#1b2430',
  ink2: '#4a5666',
  // darker than in the first sketches: small grey text keeps 4.5:1 on paper and on the ground
  ink3: '#5f6b7a',
  line: '#e3e7ec',
  ground: '#f5f6f8',
  blue: '#1f4e9e',
  red: '#b3261e',
  amber: '#9a6200',
  green: '#1c6b45',
} as const

const fontFamily = '"PingFang SC","Microsoft YaHei","Noto Sans SC","Noto Sans CJK SC",sans-serif'

/** Ant Design tokens; `large` is the 大字版 (适老化) with bigger type, targets and darker secondary text. */
export const theme = (large: boolean): ThemeConfig => ({
  token: {
    colorPrimary: colours.blue,
    colorInfo: colours.blue,
    colorLink: colours.blue,
    colorLinkHover: '#163b7a',
    colorError: colours.red,
    colorWarning: colours.amber,
    colorSuccess: colours.green,
    colorText: colours.ink,
    colorTextSecondary: colours.ink2,
    colorTextTertiary: large ? colours.ink2 : colours.ink3,
    colorTextDescription: large ? colours.ink2 : colours.ink3,
    colorTextPlaceholder: '#6d7784',
    colorBorder: '#c9d1da',
    colorBorderSecondary: colours.line,
    colorBgLayout: colours.ground,
    fontFamily,
    fontSize: large ? 18 : 14,
    controlHeight: large ? 44 : 32,
    borderRadius: 3,
    borderRadiusLG: 4,
    borderRadiusSM: 2,
    boxShadow: '0 2px 8px rgba(27,36,48,.12)',
    boxShadowSecondary: '0 4px 16px rgba(27,36,48,.14)',
    colorWarningBg: '#fdf3df',
    colorWarningBorder: '#f0dcb0',
    colorErrorBg: '#fbecea',
    colorErrorBorder: '#e3b7b4',
    colorSuccessBg: '#e8f4ee',
    colorSuccessBorder: '#bcdcc9',
    colorInfoBg: '#eaf0fa',
    colorInfoBorder: '#c3d2ec',
    motion: false,
  },
  components: {
    Table: {
      headerBg: '#fafbfc',
      headerColor: colours.ink2,
      headerSplitColor: 'transparent',
      cellPaddingBlock: 9,
      cellPaddingInline: 12,
      rowHoverBg: '#f7f9fc',
    },
    Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', contentFontSize: large ? 18 : 14 },
    Tabs: { horizontalMargin: '0', horizontalItemPadding: '8px 0' },
    Drawer: { paddingLG: 20 },
  },
})
