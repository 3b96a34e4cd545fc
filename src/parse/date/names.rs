//! Month and weekday names of some 65 languages, folded (see `words::fold`); `_` stands for a blank inside a name.
//!
//! The facts are those of Unicode CLDR: wide and abbreviated, in format and stand-alone form. A name that begins
//! another one is left out, since the start of a name is understood. Five names mean one month in
//! Croatian and the next one elsewhere: `lip`, `lis`, `listopad`, `listopada`, `srp`; they stand in both rows.

/// Month names by month. Arabic has those of the Gulf, the Levant and the Maghreb.
pub const MONTHS: [&str; 12] = [
    "eanair enero gener gennaio ianuarie ionawr jaanuar jaenner janar janeiro jannar janner januara januarie januaro \
     january janvaris janvier leden ledna ocak sausio sausis sijecanj sijecnja styczen stycznia tammikuuta urtarrila \
     xaneiro yanvar ιανουαριοσ ιανουαριου студзень студзеня січень січня январь января януари јануари қаңтар հնվ \
     հունվարի ינואר جانفي جنوري كانون_الثاني يناير ژانويه जन जनवरी जानेवारी জানুয়ারী ਜਨ ਜਨਵਰੀ જાન્યુઆરી ஜன ஜனவரி జన \
     జనవరి ಜನ ಜನವರಿ ജനുവരി ජන ජනවාරි มกราคม มค ມກ ມັງກອນ ဇန်နဝါရီ იანვარი ინვარი ጃን ጃንዋሪ មករា 一月",
    "chwefror feabhra febbraio febreiro febrero februara februarie februaris februaro february fevereiro fevral \
     fevrier frar helmikuuta lutego luty otsaila pebrero shkurt subat unora vasario vasaris veebruar veljaca veljace \
     φεβρουαριοσ φεβρουαριου ақпан лютага лютии лютого люты фебруар февраль февраля февруари փետրվարի փտվ פברואר شباط \
     فبراير فروري فوريه فيفري फ़रवरी फेब्रुअरी फेब्रुवारी ফেব্রুয়ারী ਫ਼ਰਵਰੀ ફેબ્રુઆરી பிப்ரவரி ఫిబ్రవరి ಫೆಬ್ರವರಿ \
     ഫെബ്രുവരി පෙබරවාරි กพ กุมภาพันธ์ ກພ ກຸມພາ ဖေ ဖေဖော်ဝါရီ თებერვალი ፌብ ፌብሩዋሪ កុម្ភៈ 二月",
    "brezen brezna kovas kovo maaliskuuta maart machi maerz mar marca march marcius marco marec maret marso marta \
     martie marto marts martxoa marzec marzo marzu mawrth mrt ozujak ozujka μαρτιοσ μαρτιου березень березня марта \
     наурыз сакавіка մարտի մրտ מרץ اذار مارس مارچ मार्च মার্চ ਮਾਰਚ માર્ચ மார்ச் మార్చి ಮಾರ್ಚ್ മാർച്ച് මාර්තු มีค \
     มีนาคม ມນ ມີນາ မတ် მარტი ማርች មីនា 三月",
    "abrell abril aibrean apirila aprel aprila aprile aprilie aprilis aprill aprilo avril balandis balandzio dabril \
     duben dubna ebrill huhtikuuta kwiecien kwietnia nisan prill travanj travnja απριλιοσ απριλιου апрель апреля \
     април квітень квітня красавіка сәуір ապրիլի אפריל ابريل افريل اوريل اپريل نيسان अप्रिल अप्रैल एप्रिल এপ্রিল \
     ਅਪ੍ਰੈਲ એપ્રિલ ஏப்ரல் ఏప్రిల్ ಏಪ್ರಿಲ್ ഏപ്രിൽ අප්‍රේල් เมย เมษายน ມສ ເມສາ ဧပြီ აპრილი ኤፕሪል មេសា 四月",
    "bealtaine geguzes kveten kvetna maggio maiatza maig maijs maio maja majo majus mayis mayo mee mei mejju svibanj \
     svibnja toukokuuta μαιοσ μαιου маи мамыр мая мај травень травня մայիսի մյս מאי ايار مايو مه ميي मई मे মে ਮਈ મે \
     மே మే ಮೇ മേയ് මැයි พค พฤษภาคม ພພ ພຶດສະພາ မေ მაისი ሜይ ឧសភា 五月",
    "birzelio birzelis cerven cervna cvn czerwca czerwiec ekaina giugno gunju haziran hunyo iunie iyn iyun juin juna \
     june junho junie junijs junio junius juny juuni kesakuuta lipanj lipnja mehefin meitheamh qershor xuno ιουνιοσ \
     ιουνιου июнь июня маусым червень червня чэрвень чэрвеня юни јуни հնս հունիսի יוני جوان جون حزيران يونيو ژوين जुन \
     जून জুন ਜੂਨ જૂન ஜூன் జూన్ ಜೂನ್ ജൂൺ ජූනි มิถุนายน มิย ມິຖຸນາ ဇွန် ივნისი ጁን មិថុនា 六月",
    "cervence cervenec cvc gorffennaf heinakuuta hulyo iuil iulie iyl iyul juillet julai julho julie julijs juliol \
     julius july juuli korrik liepa liepos lipca lipiec luglio lulju srpanj srpnja temmuz uztaila xullo ιουλιοσ \
     ιουλιου июль июля липень липня ліпень ліпеня шілде юли јули հլս հուլիսի יולי تموز جولايي جويليه يوليوز ژوييه \
     जुलाई जुलै জুলাই ਜੁਲਾਈ જુલાઈ ஜூலை జులై ಜುಲೈ ജൂലൈ ජූලි กค กรกฎาคม ກລ ກໍລະກົດ ဇူ ဇူလိုင် ივლისი ጁላይ កក្កដា 七月",
    "abuztua ag agosti agosto agustos agustus aout augusta augusti augusto augusts augustus augusztus avgust avqust \
     awst awwissu dagost elokuuta gusht kolovoza lunasa ogos rugpjucio rugpjutis sierpien sierpnia srpen srpna \
     αυγουστοσ αυγουστου августа аугуст жнівень жніуня серпень серпня тамыз օգոստոսի օգս אוגוסט اب اغسطس اغشت اوت \
     اگست غشت अग अगस्ट अगस्त ऑग ऑगस्ट আগ আগস্ট ਅਗ ਅਗਸਤ ઑગસ્ટ ஆக ஆகஸ்ட் ఆగ ఆగస్టు ಆಗ ಆಗಸ್ಟ್ ഓഗ ഓഗസ്റ്റ് අගෝස්තු สค \
     สิงหาคม ສຫ ສິງຫາ ဩဂုတ် აგვისტო ኦገስት សីហា 八月",
    "eylul iraila mean medi mfomh rugsejis rugsejo rujan rujna sentabr sentyabr septbr septembar september septembra \
     septembre septembrie septembris septembro septiembre setembre setembro setiembre settembre settembru setyembre \
     shtator syyskuuta szeptember wrzesien wrzesnia zari σεπτεμβριοσ σεπτεμβριου верасень верасня вересень вересня \
     сентябрь сентября септембар септември қыркүиек սեպտեմբերի ספטמבר ايلول سبتمبر ستمبر سپتامبر شتمبر شتنبر सप्टेंबर \
     सितंबर सेप्टेम्बर সেপ্টেম্বর ਸਤੰਬਰ સપ્ટેમ્બર செப்டம்பர் సెప్టెంబర్ ಸೆಪ್ಟೆಂಬರ್ സെപ്റ്റംബർ සැප්තැම්බර් กย กันยายน \
     ກຍ ກັນຍາ စက်တင်ဘာ სექტემბერი ሴፕቴምበር កញ្ញា 九月",
    "deireadh dfomh doctubre ekim hydref listopada lokakuuta october octobre octombrie octubre oktabr oktobar oktober \
     oktobra oktobris oktobro oktoober oktubre oktyabr ottobre ottubru outubro pazdziernika rijen rijna spalio spalis \
     tetor urria οκτωβριοσ οκτωβριου жовтень жовтня кастрычніка октобар октомври октябрь октября қазан հոկտեմբերի \
     אוקטובר اكتبر اكتوبر تشرين_الاول अक्टूबर अक्टोबर ऑक्टोबर অক্টোবর ਅਕਤੂਬਰ ઑક્ટોબર அக்டோபர் అక్టోబర్ ಅಕ್ಟೋಬರ್ \
     ഒക്ടോബർ ඔක්තෝබර් ตค ตุลาคม ຕລ ຕຸລາ အောက်တိုဘာ ოქტომბერი ኦክቶበር តុលា 十月",
    "azaroa kasim lapkricio lapkritis listopada listopadu marraskuuta nentor nobyembre noiembrie novembar november \
     novembra novembre novembris novembro novembru noviembre noyabr samhain studeni studenoga tachwedd νοεμβριοσ \
     νοεμβριου листопада лістапада новембар ноември ноябрь ноября қараша նոյեմբերի נובמבר تشرين_الثاني نوامبر نوفمبر \
     نومبر نونبر नव नवंबर नोभेम्बर नोव्हेंबर নভেম্বর ਨਵੰਬਰ નવેમ્બર நவ நவம்பர் నవంబర్ ನವೆಂಬರ್ നവംബർ නොවැම්බර් พย \
     พฤศจิกายน ພຈ ພະຈິກ နိုဝင်ဘာ ნოემბერი ኖቬምበር វិច្ឆិកា 十一月",
    "abendua aralik decembar december decembra decembre decembrie decembris decembro dekabr desemba desember desembre \
     detsember dezember dezembro dhjetor dicembre dicembru diciembre disember disyembre grudnia grudzien gruodis \
     gruodzio joulukuuta nollaig prosinac prosinca prosince prosinec rhagfyr δεκεμβριοσ δεκεμβριου грудень грудня \
     декабрь декабря декември децембар желтоқсан снежань снежня դեկտեմբերի דצמבר دجمبر دجنبر دسامبر دسمبر ديسمبر \
     كانون_الاول डिसेंबर डिसेम्बर दिसंबर ডিসেম্বর ਦਸੰਬਰ ડિસેમ્બર டிசம்பர் డిసెంబర్ ಡಿಸೆಂಬರ್ ഡിസംബർ දෙසැම්බර් ธค \
     ธันวาคม ທວ ທັນວາ ဒီ ဒီဇင်ဘာ დეკემბერი ዲሴምበር ធ្នូ 十二月",
];

/// Weekday names, Monday first. Short ones mean different days in different languages: they stand in each row.
pub const WEEKDAYS: [&str; 7] = [
    "al astelehena bazar_ertesi be dilluns dl du dushanba esmaspaev hene hetfo is isnin ittnejn jumatatu ll llun lu \
     luain luan lundi lundo lunedi lunes luni luns ma maanantaina maandag manadagur mandag manudagur me meindeg mo \
     monday montag pazartesi pirmadienis pirmdiena po pondeli pondelok ponedeljak ponedeljek ponedjeljak poniedzialek \
     pr pt pzt segundafeira sen senin thu_hai tne δε δευτερα дс ду душанба дш дүисенбі дүишөмбү панядзелак пн по \
     понеделник понедельник понедељак понеділок понедјељак եկ երկուշաբթի שני اثنين الاثنين دوشنبه دونۍ پير सो सोमबार \
     सोमवार সোঃ সোমবার ਸੋਮਵਾਰ સો સોમવાર தி திங்கள் సోమవారం ಸೋಮವಾರ തി തിങ്കളാഴ്ച തിങ്കൾ සඳුදා วันจันทร์ ຈັນ ວັນຈັນ \
     တနင်္လာ လာ ორ ორშაბათი 월요일 ሰኞ ចន្ទ ច័ន្ទ 周一 星期一 月曜日",
    "an antradienis ar asteartea ca cersenbe_axsami de denschdeg di dienstag dimarts dinsdag dt ittlieta jumanne kedd \
     ma mairt mardi mardo martedi martes marti mawrth ot otrdiena sa sali se selasa seshanba teisipaev tercafeira \
     thridjudagur thu_ba ti tiistaina tirsdag tisdag tli torek tu tuesday ty tysdagur ut utery utorak utorok wt \
     wtorek τρ τριτη ау ауторак вт вторник вівторок се сеисенбі сешанба сс ут уторак шеишемби шш երեքշաբթի երք եք \
     שלישי الثلاثاء ثلاثاء درېنۍ سهشنبه منگل मं मंगलवार मंगळवार मङ्गलबार মঃ মঙ্গলবার ਮੰਗਲਵਾਰ મં મંગળવાર செ செவ்வாய் \
     మం మంగళవారం ಮಂಗಳವಾರ ചൊവ്വാഴ്ച අඟ අඟහරුවාදා วันอังคาร ວັນອັງຄານ ອັງຄານ ဂါ အင်္ဂါ სამშაბათი სმ 화 화요일 ማክሰኞ \
     អង្គារ 周二 星期二 火曜日",
    "asteazkena az ca carsamba ce ceadaoin cersenbe ch chorshanba dc dimecres erb jumatano ke keskiviikkona kolmapaev \
     lerbgħa me mercher mercoledi mercores mercredi merkredo merkure mettwoch mi midvikudagur miercoles miercuri \
     mikudagur mittwoch miyerkules on onsdag quartafeira ra rabu sr sreda srijeda sroda st streda szerda thu_tu tr \
     treciadienis tresdiena we wednesday wo woensdag τε τεταρτη серада середа ср среда сриједа сряда сәрсенбі чо \
     чоршанба шаршемби шр չորեքշաբթի չրք չք רביעי اربعاء الاربعاء بدھ څلرنۍ چهارشنبه बु बुधबार बुधवार বুঃ বুধবার \
     ਬੁੱਧਵਾਰ બુ બુધવાર பு புதன் బుధవారం ಬುಧವಾರ ബു ബുധനാഴ്ച ബുധൻ බදාදා วันพุธ ພຸດ ວັນພຸດ ဗုဒ္ဓဟူး ဟူး ოთ ოთხშაბათი 수 \
     수요일 ረቡዕ ពុ ពុធ 周三 星期三 水曜日",
    "alhamisi ca ce cetrtek ceturtdiena cetvrtak cs csutortok ct ctvrtek cume_axsami czwartek de deardaoin dijous dj \
     do donderdag donnerstag donneschdeg enjte fi fimmtudagur giovedi ho hosdagur huwebes ia iau ilħamis ja jaudo je \
     jeudi joi ju jueves kamis ketvirtadienis kh khamis kt neljapaev og osteguna pa payshanba pe per persembe \
     quintafeira st stvrtok th thu thu_nam thursday to torsdag torstaina xo xoves ħam πε πεμπτη беисенбі беишемби бс \
     бш па паишанба чацвер че четверг четвртак четврток четвъртък чт чц հգ հինգշաբթի հնգ חמישי الخميس جمعرات خميس \
     پنجشنبه پينځنۍ गु गुरुवार बिहिबार বৃঃ বৃহস্পতিবার ਵੀਰਵਾਰ ગુ ગુરુવાર வி வியாழன் గురువారం ಗುರುವಾರ വ്യാഴം വ്യാഴാഴ്ച \
     බ්‍රහස්පතින්දා พฤ วันพฤหัสบดี ພຫ ພະຫັດ ວັນພະຫັດ ကြာသပတေး တေး ხთ ხუთშაბათი 목요일 ሐሙስ ព្រហស្បតិ៍ 周四 星期四 木曜日",
    "ao aoine biyernes cu cum cuma cume divendres dv fo fostudagur fr fredag freideg freitag friday friggjadagur gim \
     gw gwener haoine ijumaa ilgimgħa ju jum juma jumaat jumat or ostirala pa patek pe penktadienis pentek \
     perjantaina petak petek pi piatek piatok piektdiena pk pn premte pt reede sextafeira thu_sau ve vendredi \
     vendredo venerdi venres vi viernes vineri vr vrijdag vrydag πα παρασκευη жм жу жума жұма пе петак петок петък пт \
     пятница пятниця пятніца ու ուրբաթ שישי الجمعه جمعه جمعہ शु शुक्रबार शुक्रवार শুঃ শুক্রবার ਸ਼ੁੱਕਰਵਾਰ શુ શુક્રવાર \
     வெ வெள்ளி శుక్రవారం ಶುಕ್ರವಾರ വെ വെള്ളിയാഴ്ച සිකුරාදා วันศุกร์ ວັນສຸກ ສຸ ສຸກ ကြာ သောကြာ პარასკევი პრ 금요일 ዓርብ \
     សុ សុក្រ 周五 星期五 金曜日",
    "cmt ct cumartesi dissabte ds issibt jumamosi la larunbata lauantaina laugardagur laupaev laurdag le leygardagur \
     lo lordag lr sa sabado sabato sabtu sadwrn sambata samedi samschdeg samstag saterdag sathairn saturday sbt se \
     senbe sestadienis sestdiena sh shanba shtune sib so sobota sonnabend st su subota szombat thu_bay za zaterdag σα \
     σαββατο иш ишемби ишм сабота сб сенбі су суббота субота събота ша шанба շաբաթ շբ շբթ שבת السبت اونۍ سبت شنبه \
     ہفتہ शनिबार शनिवार শনিবার ਸ਼ਨਿੱਚਰਵਾਰ શનિવાર சனி శనివారం ಶನಿವಾರ ശനിയാഴ്ച සෙනසුරාදා วันเสาร์ ວັນເສົາ ເສົາ စနေ နေ \
     შაბათი შბ 토 토요일 ቅዳሜ សៅរ៍ 周六 土曜日 星期六",
    "ah ahad ahd bazar chu_nhat cn dg di die diel dim dimanche dimanco diumenge do domenica domhnaigh domingo du \
     duminica ig igandea ilħadd jumapili linggo minggu ne nedela nedele nedelja nedjelja niedziela pa paz pazar \
     puhapaev sekmadienis sk so son sondag sonndeg sonntag su sul sunday sunnudagur sunnuntai sv svetdiena vasarnap \
     ya yakshanba zo zondag ħad κυ κυριακη воскресенье вс жексенбі жекшемби жс жш нд не недела неделя недеља неділя \
     недјеља нядзеля як якшанба կիրակի կր ראשון اتوار احد الاحد يكشنبه يونۍ आइतबार रविवार রঃ রবিবার ਐਤ ਐਤਵਾਰ રવિવાર \
     ஞா ஞாயிறு ఆదివారం ಭಾನುವಾರ ഞാ ഞായറാഴ്ച ഞായർ ඉරිදා วันอาทิตย์ อา ວັນອາທິດ ອາ ອາທິດ တနင်္ဂနွေ နွေ კვ კვირა 일요일 \
     እሑድ អា អាទិត្យ 周日 日曜日 星期日",
];
