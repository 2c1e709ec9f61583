import type { Locator } from 'playwright-core'
import { paper } from './browser.ts'

/** Finds something by its name in a field that searches, and takes it. */
export const find = async (row: Locator, name: string): Promise<void> => {
  await row.getByRole('combobox').fill(name)
  await row.page().locator('.ant-select-dropdown:visible').getByText(name).first().click()
}

/**
 * Fills in the fields of a sheet as somebody does who has little to say: what `said` says, by the beginning of the field's term, and
 * something for everything else that is required and still empty. Days that nobody names are `day`.
 */
export const complete = async (
  sheet: Locator,
  day: string,
  said: Readonly<Record<string, string>> = {},
): Promise<void> => {
  await sheet.locator('.row, .sheet-head').first().waitFor()
  for (const row of await sheet.locator('.row:not(.list)').all()) {
    const type = ((await row.getAttribute('class')) ?? '').split(' ')[1] ?? ''
    const term = (await (type === 'yes' ? row : row.locator('.label').first()).innerText()).trim()
    const [, own] = Object.entries(said).find(([k]) => term.startsWith(k)) ?? []
    if (own === undefined && !term.includes('*')) continue
    const input = row.locator('input,textarea').first()
    switch (type) {
      case 'party':
      case 'item':
      case 'items':
        if (own !== undefined) for (const name of own.split('、')) await find(row, name)
        break
      case 'choice': {
        const radios = row.getByRole('radio')
        if ((await radios.count()) > 0) await (own ? row.getByRole('radio', { name: own }) : radios.first()).check()
        break
      }
      case 'yes':
        await input.check()
        break
      case 'file':
      case 'files':
        if ((await row.getByRole('button', { name: /^移除/ }).count()) > 0) break
        await row.locator('input[type=file]').setInputFiles(own ?? paper('情况说明'))
        await row.getByRole('button', { name: /^移除/ }).waitFor()
        break
      default:
        if (own === undefined && (await input.inputValue()) !== '') break
        await input.fill(
          own ??
            (type === 'day' ? day : type === 'number' ? '3' : `${term.split('\n')[0]!.replace('*', '')}：按规定办理。`),
        )
    }
  }
}

/** Pastes a block of a spreadsheet into the first cell of a list. */
export const paste = (list: Locator, block: string): Promise<void> =>
  list
    .locator('td input')
    .first()
    .evaluate((cell, text) => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text/plain', text)
      cell.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    }, block)
