package sheet

// Yuan is the number that a spreadsheet keeps for an amount.
var Yuan = yuan
