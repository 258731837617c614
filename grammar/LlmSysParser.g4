// The grammar of .llmsys files. Newlines mean nothing; items of braces and studies may be separated by commas, by newlines or by nothing.
parser grammar LlmSysParser;

options { tokenVocab = LlmSysLexer; }

// --- what may be asked for ---
file          : (LANGUAGE NUMBER)? item* EOF;
lone          : expr EOF;                                // of --set
loneSensitivity : sensitivity EOF;                       // of --sensitivity
interpolation : expr (IN unit)? EOF;                     // between the braces of a text

// --- declarations ---
item
  : IMPORT importPath (AS alias=name)? (COLON names)?                                                        # importItem
  | DIMENSION name (ASSIGN type)?                                                                            # dimensionItem
  | PREFIXES name LBRACE (prefix COMMA?)* RBRACE                                                             # prefixesItem
  | UNIT_DECL unitName STRING? (COLON type)? (ASSIGN expr)? unitPrefixes? unitConfused? SHOWN?               # unitItem
  | ENUM name LBRACE (enumMember COMMA?)* RBRACE                                                             # enumItem
  | KIND name (COLON qualified)? LBRACE (kindMember COMMA?)* RBRACE                                          # kindItem
  | function                                                                                                 # functionItem
  | binding                                                                                                  # letItem
  | expectation                                                                                              # expectItem
  | STUDY name STRING? LBRACE (clause COMMA?)* RBRACE                                                        # studyItem
  | qualified name brace source?                                                                             # instanceItem
  ;

importPath   : name (SLASH name)* # wordPath
             | STRING             # textPath
             ;
prefix       : name ASSIGN expr;
unitName     : name    # wordUnit
             | PERCENT # percentUnit
             ;
unitPrefixes : PREFIXES names;
unitConfused : CONFUSED WITH names;

enumMember   : field       # enumField
             | name brace? # enumCase
             ;
kindMember   : field                       # kindField
             | assign                      # kindAssign
             | function                    # kindFunction
             | REQUIRE expr (COMMA STRING)? # kindRequire
             | ignored                      # kindIgnored
             ;

field       : name COLON type (FROM STRING (COMMA STRING)*)? (ASSIGN expr source?)?;
assign      : name (DOT name)* ASSIGN expr source?;
brace       : LBRACE (assign COMMA?)* RBRACE;
source      : SOURCE STRING;
function    : FN name (LESS names GREATER)? LPAREN (parameter (COMMA parameter)* COMMA?)? RPAREN RESULT type (ASSIGN expr)?;
parameter   : name COLON type;
binding     : LET name ASSIGN expr source?;
expectation : EXPECT NOT? actual=expr (TILDE expected=expr WITHIN tolerance=expr)? source?;

// --- studies ---
clause
  : SWEEP name IN expr (AS label=expr)?                                                          # sweepClause
  | SWEEP LPAREN names RPAREN IN ZIP LPAREN expr (COMMA expr)* COMMA? RPAREN (AS label=expr)?    # zipClause
  | SOLVE name FROM first=arith TO last=arith (BY STAR? step=arith)? (SMALLEST | LARGEST) SO THAT expr # solveClause
  | binding                                                                                      # letClause
  | WHERE expr                                                                                   # whereClause
  | BEST goal (OVER names)?                                                                      # bestClause
  | PARETO goal (COMMA goal)* (PER names)?                                                       # paretoClause
  | TOP expr goal                                                                                # topClause
  | SUMMARISE summary (COMMA summary)* OVER names                                                # summariseClause
  | SHOW shown (COMMA shown)*                                                                    # showClause
  | PLOT mark (PLUS mark)*                                                                       # plotClause
  | SENSITIVITY OF sensitivity                                                                   # sensitivityClause
  | expectation                                                                                  # expectClause
  ;
sensitivity  : expr TO LBRACKET expr (COMMA expr)* COMMA? RBRACKET;
goal         : (MAX | MIN) expr;
summary      : name ASSIGN name LPAREN (expr (COMMA expr)* COMMA?)? RPAREN;
shown        : expr (IN unit)? (AS STRING)?;
mark         : name LPAREN (plotArgument (COMMA plotArgument)* COMMA?)? RPAREN;
plotArgument : name ASSIGN expr;

// --- types ---
type
  : type CARET exponent           # powerType
  | type op=(STAR | SLASH) type   # productType
  | type QUESTION                 # optionalType
  | type PER qualified            # perType
  | LPAREN type RPAREN            # groupType
  | LBRACKET type RBRACKET        # listType
  | NUMBER                        # oneType
  | qualified                     # namedType
  ;
exponent : MINUS? NUMBER                            # wholeExponent
         | LPAREN MINUS? NUMBER SLASH NUMBER RPAREN # ratioExponent
         ;

// --- units of `in UNIT` ---
unit
  : unit CARET MINUS? NUMBER      # powerUnit
  | unit op=(STAR | SLASH) unit   # productUnit
  | LPAREN unit RPAREN            # groupUnit
  | measure                       # measureUnit
  | name                          # nameUnit
  | PERCENT                       # signUnit
  ;

// --- expressions: what decides and compares (expr), ranges (span), what computes (arith). The tighter comes first. ---
expr
  : expr CONCAT expr                                                                             # concat
  | expr op=(LESS | LESS_EQUAL | GREATER | GREATER_EQUAL | EQUAL | NOT_EQUAL) expr               # comparison
  | NOT expr                                                                                     # negation
  | expr AND expr                                                                                # conjunction
  | expr OR expr                                                                                 # disjunction
  | <assoc=right> expr OTHERWISE expr                                                            # otherwise
  | span                                                                                         # spanExpr
  ;
span : arith (RANGE arith (BY STAR? arith)?)?;
arith
  : arith DOT name                                                                               # fieldOf
  | arith LBRACKET expr RBRACKET                                                                 # index
  | arith LPAREN elements? RPAREN                                                                # call
  | arith brace                                                                                  # amend
  | <assoc=right> arith CARET arith                                                              # power
  | MINUS arith                                                                                  # minus
  | arith op=(STAR | SLASH | MOD | DIV) arith                                                    # product
  | arith op=(PLUS | MINUS) arith                                                                # sum
  | LPAREN expr RPAREN                                                                           # group
  | LBRACKET elements? RBRACKET                                                                  # list
  | IF expr THEN expr ELSE expr                                                                  # conditional
  | MATCH expr LBRACE arm (COMMA? arm)* COMMA? RBRACE                                            # matching
  | op=(LARGEST | SMALLEST | SORT) LBRACE (entry COMMA?)* RBRACE                                 # labelledChoice
  | op=(LARGEST | SMALLEST | SORT) arith (BY expr)?                                              # listChoice
  | ABSENT STRING                                                                                # absent
  | format=(JSON | CSV) LPAREN STRING RPAREN AS type ignored?                                    # data
  | DOT name                                                                                     # selfField
  | measure                                                                                      # number
  | STRING                                                                                       # text
  | TRUE                                                                                         # yes
  | FALSE                                                                                        # no
  | name                                                                                         # reference
  ;
elements : expr (comprehension | (COMMA expr)* COMMA?);
comprehension : FOR variables IN expr (IF expr)?;
variables : name                         # oneVariable
          | LPAREN name COMMA name RPAREN # indexedVariable
          ;
arm      : pattern (COMMA pattern)* GIVES expr;
pattern  : name   # casePattern
         | STRING # textPattern
         | ELSE   # elsePattern
         ;
entry    : name COLON expr;
ignored  : IGNORE LBRACKET (STRING (COMMA STRING)* COMMA?)? RBRACKET;
measure  : NUMBER (UNIT (UNIT_POWER MINUS? NUMBER)?)*;

// --- names ---
names     : name (COMMA name)*;
qualified : name (DOT name)*;
name
  : NAME | LANGUAGE | PER | BY | OVER | WITHIN | SOURCE | FROM | CONFUSED | WITH | SHOWN | ZIP | MAX | MIN | SENSITIVITY | OF | TO
  | SOLVE | SO | THAT | JSON | CSV | IGNORE
  ;
