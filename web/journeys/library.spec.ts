// A person's own foods, recipes and meals: typed once, eaten often, done by the handful, sent to a friend.

import type { Browser, Page } from '@playwright/test'
import { axe } from './axe'
import { expect, test } from './guarded'
import { fromMenu, part, signUp } from './person'

async function toFoods(page: Page, tab: string): Promise<void> {
  await page.getByRole('link', { name: 'Foods' }).click()
  await page.getByRole('radio', { name: tab, exact: true }).check()
}

async function oats(page: Page): Promise<void> {
  await toFoods(page, 'Mine')
  await expect(page.getByRole('heading', { name: 'No own food yet' })).toBeVisible()
  await axe(page)
  await page.getByRole('button', { name: 'New own food' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Oat flakes from the mill')
  for (const [name, amount] of [
    ['Energy', '1567'],
    ['Fat, total', '7'],
    ['Carbohydrate', '58,7'],
    ['Fiber, total dietary', '10'],
    ['Protein', '13.5'],
    ['Salt', '<0.02'],
  ] as const) {
    await page.getByLabel(name, { exact: true }).fill(amount)
  }
  const preview = page.getByRole('complementary').filter({ hasText: 'In 100 g' })
  await expect(preview.getByRole('row', { name: /^Energy/ })).toContainText('375 kcal')
  await expect(preview.getByRole('row', { name: /^Carbohydrate/ })).toContainText('68.7 g')
  await expect(preview.getByRole('row', { name: /^Sodium/ })).toHaveCount(0)
  await page.getByLabel('Salt', { exact: true }).fill('0.02')
  await expect(preview.getByRole('row', { name: /^Sodium/ })).toContainText('8 mg')
  await page.getByLabel('Protein', { exact: true }).fill('135')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByText(/more than the food weighs/).first()).toBeVisible()
  await page.getByLabel('Protein', { exact: true }).fill('13.5')
  await page.getByRole('button', { name: 'Add a portion' }).click()
  await page.locator('[name="portion-name"]').fill('1 bowl')
  await page.locator('[name="portion-grams"]').fill('40')
  await axe(page)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: /Oat flakes from the mill/ }).first()).toContainText('1 bowl (40 g)')
}

async function addPart(page: Page, query: string, name: RegExp): Promise<void> {
  await page.getByRole('combobox', { name: 'Search foods' }).fill(query)
  await expect(page.getByRole('listbox', { name: 'Search foods' }).getByRole('option').first()).toContainText(name)
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('parts').getByRole('listitem').last()).toContainText(name)
}

async function porridge(page: Page): Promise<void> {
  await toFoods(page, 'Recipes')
  await page.getByRole('button', { name: 'New recipe' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Porridge')
  await addPart(page, 'oat mill', /Oat flakes from the mill/)
  await page.getByLabel(/^Measure of Oat flakes/).selectOption({ label: '1 bowl (40 g)' })
  await page.getByLabel(/^Amount of Oat flakes/).fill('2')
  await addPart(page, 'milk whole 3.25', /Milk, whole/)
  await page.getByLabel(/^Amount of Milk/).fill('400')
  await page.getByLabel('The cooked dish weighs (g)').fill('450')
  await page.getByLabel('Portions', { exact: true }).fill('2')
  const holds = page.getByRole('complementary').filter({ hasText: 'One portion holds' })
  await expect(holds).toContainText('225 g')
  await expect(holds.getByRole('row', { name: /^Protein/ })).toContainText('11.7 g')
  await holds.getByText('more nutrients').click()
  await expect(holds.getByRole('row', { name: /^Iron/ })).toContainText('known for 1 of 2')
  await axe(page)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: /^Porridge/ }).first()).toBeVisible()

  // A recipe in a recipe.
  await page.getByRole('button', { name: 'New recipe' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Sunday porridge')
  await addPart(page, 'porr', /Porridge/)
  await page.getByLabel(/^Measure of Porridge/).selectOption({ label: '1 portion (225 g)' })
  await page.getByLabel(/^Amount of Porridge/).fill('1')
  await addPart(page, 'banan raw', /Bananas, raw/)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: /^Sunday porridge/ }).first()).toContainText('325 g')
}

async function choose(page: Page, query: string, name: RegExp): Promise<void> {
  await page.keyboard.press('a')
  await page.getByRole('combobox').fill(query)
  await expect(page.getByRole('option').first()).toContainText(name)
  await page.keyboard.press('Enter')
  await expect(page.getByLabel('Amount')).toBeFocused()
}

test('own foods and recipes are typed once and eaten like any other', async ({ page }) => {
  test.setTimeout(240_000)
  await signUp(page)
  await test.step('from a European label', () => oats(page))
  await test.step('a recipe, and one inside another', () => porridge(page))

  await test.step('recorded by keyboard, with where the values come from', async () => {
    await page.getByRole('link', { name: 'Diary' }).click()
    await choose(page, 'sund', /Sunday porridge/)
    await page.getByRole('button', { name: 'Add Sunday porridge to favourites' }).click()
    await expect(page.getByRole('button', { name: 'Take Sunday porridge out of favourites' })).toBeVisible()
    await page.getByLabel('Meal').selectOption('Breakfast')
    await page.getByLabel('Amount').focus()
    await page.keyboard.press('Enter')
    await expect(part(page, 'Breakfast')).toContainText('325 g')
    await page.getByRole('button', { name: /^Protein/ }).first().click()
    await expect(part(page, 'Protein')).toContainText('Recipe')
  })

  await test.step('favourites and one’s own stand in tabs', async () => {
    await page.keyboard.press('a')
    await page.getByRole('radio', { name: 'Favourites' }).check()
    await expect(page.getByRole('option')).toHaveCount(1)
    await page.getByRole('radio', { name: 'Mine' }).check()
    await expect(page.getByRole('option')).toHaveCount(3)
    await axe(page)
    await page.getByRole('radio', { name: 'All', exact: true }).check()
    await page.keyboard.press('Escape')
  })

  await test.step('numbers alone, and other ones', async () => {
    await page.getByRole('button', { name: 'More for this day' }).click()
    await page.getByRole('menuitem', { name: 'Quick add' }).click()
    const dialog = page.getByRole('dialog', { name: 'Quick add' })
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await expect(dialog.getByText('Enter at least one number.')).toBeVisible()
    await dialog.getByLabel('What it was').fill('Canteen')
    await dialog.getByLabel('Energy (kcal)').fill('650')
    await dialog.getByLabel('Meal').selectOption('Lunch')
    await axe(page)
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await expect(part(page, 'Lunch')).toContainText('650')
    await fromMenu(page, 'Canteen', 'Change…')
    await page.getByRole('dialog').getByLabel('Energy (kcal)').fill('700')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect(part(page, 'Lunch')).toContainText('700')
  })

  await test.step('many at once: summed, saved as a meal, deleted and brought back', async () => {
    await choose(page, 'oat mill', /Oat flakes from the mill/)
    await page.getByLabel('Meal').selectOption('Breakfast')
    await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click()
    await expect(part(page, 'Breakfast')).toContainText('Oat flakes from the mill')
    await page.getByRole('button', { name: 'More for this day' }).click()
    await page.getByRole('menuitem', { name: 'Select entries' }).click()
    const bar = page.getByRole('complementary', { name: 'Selected entries' })
    await page.getByRole('checkbox', { name: 'Select Sunday porridge' }).check()
    await page.getByRole('checkbox', { name: 'Select Oat flakes from the mill' }).click({ modifiers: ['Shift'] })
    await expect(bar).toContainText('2 selected')
    await expect(bar).toContainText(/% of the day/)
    await axe(page)
    await bar.getByRole('button', { name: 'Save as meal' }).click()
    await page.getByLabel('Name of the meal').fill('Weekend breakfast')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(page.getByText('“Weekend breakfast” was saved.')).toBeVisible()

    await page.getByRole('button', { name: 'Actions for Breakfast' }).click()
    await page.getByRole('menuitem', { name: 'Copy Breakfast to another day' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Copy' }).click()
    await expect(page.getByText('2 entries were copied.')).toBeVisible()
    await page.keyboard.press('ArrowRight')
    await expect(part(page, 'Breakfast')).toContainText('Sunday porridge')
    await page.getByRole('button', { name: 'More for this day' }).click()
    await page.getByRole('menuitem', { name: 'Select entries' }).click()
    await bar.getByRole('button', { name: 'All' }).click()
    await bar.getByRole('button', { name: 'Delete' }).click()
    await expect(page.getByRole('heading', { name: 'Nothing here yet' })).toBeVisible()
    await page.getByRole('button', { name: 'Undo' }).last().click()
    await expect(part(page, 'Breakfast')).toContainText('325 g')
    await page.keyboard.press('t')
  })

  await test.step('a meal is added whole', async () => {
    await page.keyboard.press('a')
    await page.getByRole('radio', { name: 'Mine' }).check()
    await page.getByRole('option', { name: /Weekend breakfast/ }).click()
    await page.getByLabel('Meal').selectOption('Dinner')
    await axe(page)
    await page.getByRole('button', { name: 'Add 2 foods' }).click()
    await expect(part(page, 'Dinner')).toContainText('Oat flakes from the mill')
    await expect(part(page, 'Dinner')).toContainText('Sunday porridge')
  })

  await test.step('what repeats is there tomorrow by itself, once', async () => {
    await page.getByRole('button', { name: 'More for this day' }).click()
    await page.getByRole('menuitem', { name: 'Select entries' }).click()
    await page.getByRole('checkbox', { name: 'Select Oat flakes from the mill' }).first().check()
    await page.getByRole('complementary', { name: 'Selected entries' }).getByRole('button', { name: 'Repeat' }).click()
    await axe(page)
    await page.getByRole('dialog').getByRole('button', { name: 'Repeat' }).click()
    await expect(page.getByText('It will be there from the next chosen day on.')).toBeVisible()
    await toFoods(page, 'Meals')
    await expect(part(page, 'What repeats')).toContainText('Every day')
    await axe(page)
    await page.reload()
    await expect(page.getByText('1 entry that repeats was added.')).toBeVisible()
    await page.getByRole('button', { name: 'Undo' }).click()
    const asked = page.waitForResponse((response) => response.url().includes('/repeats'))
    await page.reload()
    await asked
    await expect(page.getByText('1 entry that repeats was added.')).toHaveCount(0)
  })
})

const PAGE = `<script type="application/ld+json">${JSON.stringify({
  '@context': 'https://schema.org',
  '@type': 'Recipe',
  name: 'Lentil soup',
  recipeYield: '4 servings',
  recipeIngredient: ['250 g lentils, raw', '1 secret spice'],
  recipeInstructions: [{ '@type': 'HowToStep', text: 'Cook them.' }],
})}</script>`

async function another(browser: Browser): Promise<Page> {
  return (await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', viewport: { width: 1440, height: 900 } })).newPage()
}

test('a recipe is read from a page, and a friend takes over a copy', async ({ page, browser }) => {
  test.setTimeout(240_000)
  const ana = await signUp(page)
  await toFoods(page, 'Recipes')
  await page.getByRole('button', { name: 'Import a recipe' }).click()
  await page.getByLabel('Recipe text').fill('no recipe')
  await page.getByRole('button', { name: 'Read it' }).click()
  await expect(page.getByText(/There is no recipe in this text/)).toBeVisible()
  await page.getByLabel('Recipe text').fill(PAGE)
  await axe(page)
  await page.getByRole('button', { name: 'Read it' }).click()
  await expect(page.getByLabel('Portions', { exact: true })).toHaveValue('4')
  await expect(page.getByRole('option').first()).toContainText(/Lentils/)
  await page.getByRole('option', { name: /Lentils, raw/ }).first().click()
  await expect(page.getByLabel(/^Amount of Lentils/)).toHaveValue('250')
  await page.getByRole('listitem').filter({ hasText: '1 secret spice' }).getByRole('button', { name: 'Leave out' }).click()
  await axe(page)
  await page.getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('button', { name: /^Lentil soup/ }).first()).toBeVisible()

  // A friend who was given only recipes.
  await page.getByRole('link', { name: 'Profile' }).click()
  await page.getByRole('link', { name: 'Look after who can see it' }).click()
  await page.getByRole('button', { name: 'Invite somebody' }).click()
  const dialog = page.getByRole('dialog', { name: 'Invite somebody' })
  await dialog.getByLabel('Whom do you invite?').fill('Ben')
  await dialog.getByLabel('Your name').fill('Ana')
  await dialog.getByRole('checkbox', { name: /recipes/i }).check()
  await dialog.getByRole('button', { name: 'Make the link' }).click()
  const proof = page.getByRole('dialog', { name: 'Is it you?' })
  if (await proof.waitFor({ timeout: 1500 }).then(() => true, () => false)) {
    await proof.getByLabel('Password', { exact: true }).fill(ana.password)
    await proof.getByRole('button', { name: 'Go on' }).click()
  }
  const link = (await page.getByTestId('link').innerText()).trim()
  await page.getByRole('button', { name: 'Done' }).click()
  const other = await another(browser)
  await signUp(other)
  await other.goto(link)
  await other.getByLabel('Your name').fill('Ben')
  await other.getByRole('button', { name: 'Accept' }).click()
  await expect(other.getByTestId('visit-bar')).toContainText("Ana's diary")
  await toFoods(other, 'Recipes')
  await expect(other.getByRole('button', { name: /^Lentil soup/ }).first()).toBeVisible()
  await expect(other.getByRole('button', { name: 'New recipe' })).toHaveCount(0)
  await axe(other)

  // A copy, of which she knows no more.
  await toFoods(page, 'Recipes')
  await page.getByRole('button', { name: 'Actions for Lentil soup' }).click()
  await page.getByRole('menuitem', { name: 'Send to a friend' }).click()
  await expect(page.getByLabel('Send it to')).toContainText('Ben')
  await axe(page)
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await expect(page.getByText('The recipe was sent to Ben.')).toBeVisible()
  await other.getByTestId('visit-bar').getByRole('button').first().click()
  await toFoods(other, 'Recipes')
  await expect(part(other, 'Recipes sent to you')).toContainText('Lentil soup')
  await axe(other)
  await other.getByRole('button', { name: 'Take over' }).click()
  await expect(other.getByRole('button', { name: 'Actions for Lentil soup' })).toBeVisible()
  await other.context().close()
})
