// A study from both sides, each in a browser of their own: a protocol, taking part, a questionnaire, an export,
// and stopping.

import type { Browser, Page } from '@playwright/test'
import { axe } from './axe'
import { expect, test } from './guarded'
import { part, signUp } from './person'

async function another(browser: Browser): Promise<Page> {
  return (await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', viewport: { width: 1440, height: 900 } })).newPage()
}

async function toStudies(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Profile' }).click()
  await page.getByRole('link', { name: 'Look at studies' }).click()
  await expect(page.getByRole('heading', { name: 'Studies', level: 1 })).toBeVisible()
}

/** Founds a study, and hands over its code. */
async function found(page: Page, title: string): Promise<string> {
  await toStudies(page)
  await page.getByRole('link', { name: 'Research' }).click()
  await page.getByRole('button', { name: 'Found a study' }).click()
  const dialog = page.getByRole('dialog', { name: 'A new study' })
  await dialog.getByRole('button', { name: 'Publish' }).click()
  await expect(dialog.getByText('Say how you are called there.')).toBeVisible()
  await dialog.getByLabel('Your name among the members').fill('Dr. Kim')
  await dialog.getByLabel('Title', { exact: true }).fill(title)
  await dialog.getByLabel('What the study is').fill('# Fibre\n\nWe look at **fibre** and sleep. <script>alert(1)</script>')
  await dialog.getByLabel('What participants agree to').fill('I agree that my days are read.')
  await dialog.getByRole('radio', { name: 'Every food' }).check()
  await dialog.getByLabel('Last day of the study').fill(`${new Date().getFullYear() + 1}-06-30`)
  await dialog.getByLabel('Whom participants can ask').fill('fibre@example.org')
  await dialog.getByRole('button', { name: 'Add a questionnaire' }).click()
  await dialog.getByRole('group', { name: 'Questionnaire 1' }).getByLabel('Title').fill('Your night')
  const question = dialog.getByRole('group', { name: 'Question 1' })
  await question.getByLabel('Question', { exact: true }).fill('How long did you sleep?')
  await question.getByLabel('Unit (may be empty)').fill('h')
  await axe(page)
  await dialog.getByRole('button', { name: 'Publish' }).click()
  const code = await page.getByTestId('code').innerText()
  await expect(part(page, 'Enrolment')).toContainText('Nobody takes part yet.')
  await axe(page)
  return code.trim()
}

test('a study is founded, taken part in, answered, taken out and left', async ({ page, browser }) => {
  test.setTimeout(240_000)
  const title = 'Fibre and sleep'
  await signUp(page)
  const code = await found(page, title)

  // Ana reads exactly what she gives before she agrees.
  const ana = await another(browser)
  await signUp(ana)
  await ana.getByRole('button', { name: 'Add 250 ml of water' }).click()
  await expect(part(ana, 'Water')).toContainText('250 ml')
  await toStudies(ana)
  await axe(ana)
  await ana.getByRole('textbox', { name: 'Code of a study' }).fill('no code at all')
  await ana.getByRole('button', { name: 'Look at it' }).click()
  await expect(ana.getByText('No study has this code.')).toBeVisible()
  await ana.getByRole('textbox', { name: 'Code of a study' }).fill(code.toLowerCase())
  await ana.getByRole('button', { name: 'Look at it' }).click()
  const agree = ana.getByRole('dialog', { name: title })
  await expect(agree.getByText('<script>alert(1)</script>')).toBeVisible()
  await expect(agree.getByTestId('parts-sentence')).toContainText("see foods and drinks, the day's totals and which days were logged")
  await agree.getByRole('button', { name: 'I agree and take part' }).click()
  await expect(agree.getByText('Read both and tick the box.')).toBeVisible()
  await axe(ana)
  await agree.getByRole('checkbox', { name: /I have read/ }).check()
  await agree.getByRole('button', { name: 'I agree and take part' }).click()

  // She answers what is due.
  await expect(part(ana, 'To be answered')).toContainText('Your night')
  await ana.getByRole('button', { name: 'Answer: Your night' }).click()
  const night = ana.getByRole('dialog', { name: 'Your night' })
  await night.getByRole('textbox').fill('25')
  await night.getByRole('button', { name: 'Send the answers' }).click()
  await expect(night.getByText('Enter a number from 0 to 10.')).toBeVisible()
  await night.getByRole('textbox').fill('7,5')
  await axe(ana)
  await night.getByRole('button', { name: 'Send the answers' }).click()
  await expect(part(ana, 'To be answered')).toContainText('answered')
  await axe(ana)

  // The researcher sees a pseudonym and takes out what was given.
  await page.getByRole('button', { name: 'Back to your studies' }).click()
  await page.getByRole('button', { name: `Open ${title}` }).click()
  await expect(page.getByTestId('participants')).toContainText(/P-[0-9A-Z]{5}-[0-9A-Z]{5}/)
  await expect(page.getByTestId('participants')).toContainText('1 of 1')
  for (const [button, name, holds] of [
    ['Answers as CSV', 'answers.csv', 'part1,q1,7.5'],
    ['Days as CSV', 'days.csv', 'participant,day,logged,complete'],
  ] as const) {
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: button }).click()
    const file = await download
    expect(file.suggestedFilename()).toBe(name)
    const chunks: Buffer[] = []
    for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).toString()).toContain(holds)
  }
  await expect(page.getByTestId('taken').getByRole('listitem')).toHaveCount(2)
  await page.getByRole('button', { name: 'Read them now' }).click()
  await expect(part(page, 'Averages')).toContainText('Nothing can be said yet')
  await part(page, 'Data dictionary').getByRole('button', { name: 'Show' }).click()
  await expect(part(page, 'Data dictionary')).toContainText('How long did you sleep?')
  await axe(page)

  // Ana is told of both, and stops.
  await ana.getByRole('button', { name: 'Back to all studies' }).click()
  await ana.getByRole('button', { name: `Open ${title}` }).click()
  await expect(ana.getByTestId('exports').getByRole('listitem')).toHaveCount(2)
  await expect(ana.getByTestId('exports')).toContainText('answers (1 answer)')
  await ana.getByRole('button', { name: 'Stop taking part…' }).click()
  await ana.getByRole('radio', { name: 'Remove them' }).check()
  await ana.getByRole('button', { name: 'Stop now' }).click()
  await expect(ana.getByText('Your answers were removed.').first()).toBeVisible()
  await expect(part(ana, 'To be answered')).toHaveCount(0)
  await expect(ana.getByTestId('exports').getByRole('listitem')).toHaveCount(2)

  await page.getByRole('button', { name: 'Back to your studies' }).click()
  await page.getByRole('button', { name: `Open ${title}` }).click()
  await expect(part(page, 'Enrolment')).toContainText('Nobody takes part yet.')
  await ana.context().close()
})
