// Units and what they are of one another, exactly.

export const KJ_PER_KCAL = 4.184
export const KG_PER_POUND = 0.453_592_37
export const CM_PER_INCH = 2.54
